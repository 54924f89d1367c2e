using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>What the clients of the timelines share: a connection, and a moment at which the clock starts.</summary>
internal static class TimelineClient
{
    /// <summary>Connects to a host and a port, by names or numbers.</summary>
    /// <returns>The connection, or null after the reason was printed.</returns>
    public static Socket? Connect(HostProcess process, string host, string service)
    {
        AddressInfoResult found = process.Names.GetAddressInfo(host, service, new AddressInfoHints { SocketType = SocketType.Stream });
        if (!found.Succeeded)
        {
            TimelineWords.Fail(process, $"{host} {service}: {found.Error.Describe()}");
            return null;
        }
        Socket socket = process.Sockets.Open(found.Entries[0].Family, SocketType.Stream);
        try
        {
            socket.Connect(found.Entries[0].Address);
            return socket;
        }
        catch (SocketCallException failure)
        {
            socket.Dispose();
            TimelineWords.Fail(process, $"connect to {host}: {failure.Errno.Describe()}");
            return null;
        }
    }

    /// <summary>Sleeps until so much time has passed since a moment of the process's clock.</summary>
    public static void SleepUntil(HostProcess process, long since, TimeSpan passed)
    {
        TimeSpan left = passed - process.Time.GetElapsedTime(since);
        if (left > TimeSpan.Zero) process.Sleep(left);
    }
}
