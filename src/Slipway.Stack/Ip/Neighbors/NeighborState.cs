namespace Slipway.Stack;

/// <summary>States of a neighbour (RFC 4861 §7.3.2, with the kernel's numbers, which rtnetlink(7) shows).</summary>
[Flags]
public enum NeighborState
{
    /// <summary>Nothing has been done yet.</summary>
    None = 0,

    /// <summary>The first solicitations are out; packets wait.</summary>
    Incomplete = 0x01,

    /// <summary>Confirmed lately.</summary>
    Reachable = 0x02,

    /// <summary>The address is known, but has not been confirmed for a while; nobody has used it since.</summary>
    Stale = 0x04,

    /// <summary>Used since it went stale; confirmation from above may still come.</summary>
    Delay = 0x08,

    /// <summary>Being probed at the known address.</summary>
    Probe = 0x10,

    /// <summary>Nobody answered.</summary>
    Failed = 0x20,

    /// <summary>Set by an administrator.</summary>
    Permanent = 0x80,
}
