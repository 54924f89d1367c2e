using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What a host knows of the servers that it may open connections to with data: their cookies, and the segments that they take (the part of Linux's tcp_metrics that fast open needs).</summary>
internal sealed class FastOpenCache
{
    private const int MostServers = 1024;

    private readonly Dictionary<(IpAddress Local, IpAddress Remote), (FastOpenCookie Cookie, int Mss)> _servers = [];

    /// <summary>What is known of a server.</summary>
    /// <returns>False: no cookie.</returns>
    public bool TryFind(IpAddress local, IpAddress remote, out FastOpenCookie cookie, out int mss)
    {
        bool isKnown = _servers.TryGetValue((local, remote), out (FastOpenCookie Cookie, int Mss) known);
        (cookie, mss) = known;
        return isKnown && cookie.Length > 0;
    }

    /// <summary>A server has answered.</summary>
    /// <param name="local">Our address.</param>
    /// <param name="remote">Its address.</param>
    /// <param name="cookie">Its cookie; null if it sent none: one from before stays.</param>
    /// <param name="mss">The segments that it takes.</param>
    public void Note(IpAddress local, IpAddress remote, FastOpenCookie? cookie, int mss)
    {
        if (cookie is null or { Length: 0 })
        {
            if (!_servers.TryGetValue((local, remote), out (FastOpenCookie Cookie, int Mss) known)) return;
            cookie = known.Cookie;
        }
        // Rather begin anew than keep the one that was used last for ever: what is lost is one round trip with each.
        if (_servers.Count >= MostServers) _servers.Clear();
        _servers[(local, remote)] = (cookie.Value, mss);
    }
}
