using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>A query to be written: see <see cref="GroupQueryView"/>.</summary>
/// <param name="Version">The protocol's version: 1 to 3 of IGMP, 1 or 2 of MLD.</param>
/// <param name="Group">The group asked about; the family's unspecified address for all. Its family decides the protocol.</param>
public readonly record struct GroupQuery(int Version, IpAddress Group)
{
    private const int Tail = 4;

    /// <summary>Longest delay of the answer.</summary>
    public TimeSpan MaxResponse { get; init; }

    /// <summary>The querier's robustness variable.</summary>
    public int Robustness { get; init; }

    /// <summary>The querier's interval.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Routers are not to lower their timers.</summary>
    public bool SuppressesRouters { get; init; }

    private bool IsIPv4 => Group.IsIPv4;

    private bool IsNewest => Version == (IsIPv4 ? 3 : 2);

    private int OldLength => IsIPv4 ? 8 : 24;

    /// <summary>Bytes of the message.</summary>
    /// <param name="sources">Number of sources asked about.</param>
    public int LengthWith(int sources) => OldLength + (IsNewest ? Tail + sources * Group.Length : 0);

    /// <summary>Writes the message with a checksum of 0.</summary>
    /// <param name="destination">As many bytes as <see cref="LengthWith"/> says.</param>
    /// <param name="sources">The sources asked about; only the newest version has them.</param>
    public void Write(Span<byte> destination, ReadOnlySpan<IpAddress> sources)
    {
        destination.Clear();
        int milliseconds = (int)MaxResponse.TotalMilliseconds;
        if (IsIPv4)
        {
            destination[0] = (byte)IgmpType.MembershipQuery;
            destination[1] = Version switch { 1 => 0, 2 => (byte)Math.Clamp(milliseconds / 100, 1, 255), _ => FloatingCode.Write8(milliseconds / 100) };
        }
        else
        {
            destination[0] = (byte)Icmpv6Type.MulticastListenerQuery;
            BinaryPrimitives.WriteUInt16BigEndian(destination[4..], IsNewest ? FloatingCode.Write16(milliseconds) : (ushort)Math.Min(milliseconds, ushort.MaxValue));
        }
        GroupRecord.Write(destination[(OldLength - Group.Length)..], Group, Group.Length);
        if (!IsNewest) return;
        // A robustness variable that does not fit three bits is said as 0.
        destination[OldLength] = (byte)((SuppressesRouters ? 8 : 0) | (Robustness > 7 ? 0 : Robustness));
        destination[OldLength + 1] = FloatingCode.Write8((int)Interval.TotalSeconds);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(OldLength + 2)..], (ushort)sources.Length);
        int at = OldLength + Tail;
        foreach (IpAddress source in sources)
        {
            GroupRecord.Write(destination[at..], source, Group.Length);
            at += Group.Length;
        }
    }
}
