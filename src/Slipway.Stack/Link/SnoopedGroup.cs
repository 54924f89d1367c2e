namespace Slipway.Stack;

/// <summary>The ports behind which somebody was heard, each with the time until which that holds.</summary>
internal sealed class SnoopedGroup
{
    private readonly List<(LinkDevice Port, long Until)> _ports = [];

    public bool IsEmpty => _ports.Count == 0;

    /// <summary>Somebody was heard behind a port.</summary>
    public void Hear(LinkDevice port, long until)
    {
        Forget(port);
        _ports.Add((port, until));
    }

    /// <summary>Who does not speak up until then is gone.</summary>
    public void Limit(long until)
    {
        for (int i = 0; i < _ports.Count; i++)
        {
            if (_ports[i].Until > until) _ports[i] = (_ports[i].Port, until);
        }
    }

    public bool Has(LinkDevice port, long now)
    {
        foreach ((LinkDevice candidate, long until) in _ports)
        {
            if (candidate == port) return until > now;
        }
        return false;
    }

    public void Forget(LinkDevice port) => _ports.RemoveAll(entry => entry.Port == port);

    public void ForgetOlder(long now) => _ports.RemoveAll(entry => entry.Until <= now);

    public IReadOnlyList<LinkDevice> At(long now) => _ports.FindAll(entry => entry.Until > now).ConvertAll(static entry => entry.Port);
}
