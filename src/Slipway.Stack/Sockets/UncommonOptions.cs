using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Values of options that few sockets set: made with the first of them, so that a hundred thousand connections do not hold them all.</summary>
internal sealed class UncommonOptions
{
    /// <summary>All permissions: the mode of a socket that fchmod(2) has not changed.</summary>
    public const uint UsualMode = 0x1FF;

    public int Mark;
    public int Priority;
    public int IncomingCpu = -1;
    public int PeekOffset = -1;
    public long ReceiveTimeout = OpenSocket.Forever;
    public long SendTimeout = OpenSocket.Forever;
    public PacketProgram? Filter;
    public ulong MaxPacingRate = ulong.MaxValue;
    public int MinTtl;
    public byte MulticastTtl = 1;
    public int MulticastInterface;
    public IpAddress MulticastAddress = IpAddress.AnyIPv4;
    public int UnicastInterface;
    public uint LocalPortRange;
    public byte MulticastHops = 1;
    public int MulticastInterface6;
    public int UnicastInterface6;
    public int FragmentSize;
    public int MinHopCount;
    public IpAddress StickySource;
    public int StickyInterface;
    public ExtensionHeaders Extensions = ExtensionHeaders.None;

    public SocketMemberships? Memberships;

    public bool? AutoFlowLabel;
    public bool ReflectsFlowLabel;
    public List<FlowLabelLease>? FlowLabelLeases;
    public List<(IpAddress Address, int Interface)>? Anycasts;

    public TimestampingFlags Timestamping;
    public uint StampKey;
    public uint ZeroCopyNumber;
    public long SendTimeOptions;
    public int BusyPollBudget;
    public int BufferLocks;
    public bool ReceivesChecksum;

    /// <summary>Sequence numbers that a stream passed over when it was disconnected, and the largest window that its peers had.</summary>
    public int PassedOver, PassedUnacknowledged;
    public uint LargestWindow;

    public bool ReceivesWirelessStatus;

    public PathMtuNotice? PathMtuNotice;
    public KeptHeaders? KeptHeaders;
    public bool TellsExtensions;
    public bool TellsExtensions6;
    public bool WantsRouterAlerts;
    public bool WantsRouterAlerts6;
    public bool IsolatesRouterAlerts;

    /// <summary>SO_NOFCS.</summary>
    public bool SuppliesFrameChecksum;

    public PacketProgram? GroupProgram;
    public bool HasOwnGroup;

    public uint Mode = UsualMode;

    /// <summary>The values of a listener for a connection that it accepts. Groups, anycast addresses and leases of flow labels are the listener's own.</summary>
    public UncommonOptions Copy()
    {
        var copy = (UncommonOptions)MemberwiseClone();
        copy.Memberships = null;
        copy.PassedOver = copy.PassedUnacknowledged = 0;
        copy.LargestWindow = 0;
        copy.KeptHeaders = null;
        copy.PathMtuNotice = null;
        copy.Mode = UsualMode;
        copy.FlowLabelLeases = null;
        copy.Anycasts = null;
        return copy;
    }
}
