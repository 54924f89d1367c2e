using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A flow label that sockets have leased, or that nobody may lease for a while after the last of them.</summary>
internal sealed class FlowLabelLease
{
    public required int Label { get; set; }

    /// <summary>Where the flow was said to go; packets to elsewhere may have the label too.</summary>
    public required IpAddress Destination { get; init; }

    public required FlowLabelShare Share { get; init; }

    /// <summary>The process or the user that may share it.</summary>
    public required int Owner { get; init; }

    /// <summary>Extension headers that packets of the flow carry; null for none.</summary>
    public ExtensionHeaders? Headers { get; init; }

    /// <summary>Sockets that hold it, each as often as it asked.</summary>
    public int Holders { get; set; }

    // Times of the loop, nanoseconds.
    public long LastUse { get; private set; }
    public long Linger { get; private set; }
    public long Expires { get; private set; }

    /// <summary>Others may not use it: as long as the host has one of these, labels need a lease.</summary>
    public bool IsStrict => Share is FlowLabelShare.IPV6_FL_S_EXCL or FlowLabelShare.IPV6_FL_S_PROCESS or FlowLabelShare.IPV6_FL_S_USER || Headers is not null;

    /// <summary>Nobody holds it, and it has been left alone for long enough.</summary>
    public bool IsOver(long now) => Holders == 0 && now >= Math.Max(Expires, LastUse + Linger);

    public void Use(long now) => LastUse = now;

    /// <summary>Times grow only.</summary>
    public void Renew(long now, long linger, long expires)
    {
        LastUse = now;
        Linger = Math.Max(Linger, linger);
        Expires = Math.Max(Expires, now + Math.Max(expires, Linger));
    }

    /// <summary>Another request for the same label.</summary>
    public void Join(FlowLabelLease other)
    {
        Linger = Math.Max(Linger, other.Linger);
        Expires = Math.Max(Expires, other.Expires);
        Holders++;
    }

    /// <summary>Whether who asks for <paramref name="other"/> may have this one.</summary>
    public bool IsSharedWith(FlowLabelLease other) => Share != FlowLabelShare.IPV6_FL_S_EXCL && Share == other.Share && Owner == other.Owner;
}
