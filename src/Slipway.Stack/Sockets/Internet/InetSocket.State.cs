using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The values of the options of the internet; the table of options reads and writes them.</summary>
internal abstract partial class InetSocket
{
    private const short HostDefault = -1;

    private short _ttl = HostDefault, _hopLimit = HostDefault;

    public byte Tos { get; set; }

    /// <summary>IP_TTL; -1 for the host's default.</summary>
    public int Ttl
    {
        get => _ttl;
        set => _ttl = (short)value;
    }

    public int MinTtl
    {
        get => UncommonIfAny is { } uncommon ? uncommon.MinTtl : 0;
        set => Uncommon.MinTtl = value;
    }

    public virtual byte MulticastTtl
    {
        get => UncommonIfAny is { } uncommon ? uncommon.MulticastTtl : (byte)1;
        set => Uncommon.MulticastTtl = value;
    }

    public int MulticastInterface
    {
        get => UncommonIfAny is { } uncommon ? uncommon.MulticastInterface : 0;
        set => Uncommon.MulticastInterface = value;
    }

    public IpAddress MulticastAddress
    {
        get => UncommonIfAny is { } uncommon ? uncommon.MulticastAddress : IpAddress.AnyIPv4;
        set => Uncommon.MulticastAddress = value;
    }

    public int UnicastInterface
    {
        get => UncommonIfAny is { } uncommon ? uncommon.UnicastInterface : 0;
        set => Uncommon.UnicastInterface = value;
    }

    public PathMtuMode PathMtu { get; set; } = PathMtuMode.Want;

    public IpOptions? Options { get; set; }

    /// <summary>IP_LOCAL_PORT_RANGE: low in the lower half, high in the upper.</summary>
    public uint LocalPortRange
    {
        get => UncommonIfAny is { } uncommon ? uncommon.LocalPortRange : 0;
        set => Uncommon.LocalPortRange = value;
    }

    /// <summary>IPV6_UNICAST_HOPS; -1 for the default.</summary>
    public int HopLimit
    {
        get => _hopLimit;
        set => _hopLimit = (short)value;
    }

    public virtual byte MulticastHops
    {
        get => UncommonIfAny is { } uncommon ? uncommon.MulticastHops : (byte)1;
        set => Uncommon.MulticastHops = value;
    }

    public virtual int MulticastInterface6
    {
        get => UncommonIfAny is { } uncommon ? uncommon.MulticastInterface6 : 0;
        set => Uncommon.MulticastInterface6 = value;
    }

    public int UnicastInterface6
    {
        get => UncommonIfAny is { } uncommon ? uncommon.UnicastInterface6 : 0;
        set => Uncommon.UnicastInterface6 = value;
    }

    public byte TrafficClass { get; set; }

    public PathMtuMode PathMtu6 { get; set; } = PathMtuMode.Want;

    /// <summary>IPV6_MTU as it was set: the largest fragment; 0 for none.</summary>
    public int FragmentSize
    {
        get => UncommonIfAny is { } uncommon ? uncommon.FragmentSize : 0;
        set => Uncommon.FragmentSize = value;
    }

    public int MinHopCount
    {
        get => UncommonIfAny is { } uncommon ? uncommon.MinHopCount : 0;
        set => Uncommon.MinHopCount = value;
    }

    public SourcePreferences Preferences { get; set; }

    /// <summary>IPV6_PREFER_SRC_COA: kept, without effect on a host that has no home address (RFC 5014).</summary>
    public bool PrefersCareOfAddress { get; set; }

    /// <summary>IPV6_PKTINFO as it was set: source and interface of what is sent.</summary>
    public IpAddress StickySource
    {
        get => UncommonIfAny is { } uncommon ? uncommon.StickySource : default;
        set => Uncommon.StickySource = value;
    }

    public int StickyInterface
    {
        get => UncommonIfAny is { } uncommon ? uncommon.StickyInterface : 0;
        set => Uncommon.StickyInterface = value;
    }

    /// <summary>IPV6_HOPOPTS, IPV6_RTHDRDSTOPTS and IPV6_DSTOPTS as they were set.</summary>
    public ExtensionHeaders Extensions
    {
        get => UncommonIfAny is { } uncommon ? uncommon.Extensions : ExtensionHeaders.None;
        set => Uncommon.Extensions = value;
    }

    /// <summary>IP_RECVERR_RFC4884.</summary>
    public bool ToldOfExtensions
    {
        get => UncommonIfAny is { TellsExtensions: true };
        set => Uncommon.TellsExtensions = value;
    }

    /// <summary>IPV6_RECVERR_RFC4884.</summary>
    public bool ToldOfExtensions6
    {
        get => UncommonIfAny is { TellsExtensions6: true };
        set => Uncommon.TellsExtensions6 = value;
    }

    /// <summary>IP_ROUTER_ALERT as it reads.</summary>
    public bool WantsRouterAlerts
    {
        get => UncommonIfAny is { WantsRouterAlerts: true };
        set => Uncommon.WantsRouterAlerts = value;
    }

    /// <summary>IPV6_ROUTER_ALERT as it reads: whether the value was any but 0 when it was last set, be it to take it back.</summary>
    public bool WantsRouterAlerts6
    {
        get => UncommonIfAny is { WantsRouterAlerts6: true };
        set => Uncommon.WantsRouterAlerts6 = value;
    }

    /// <summary>IPV6_ROUTER_ALERT_ISOLATE: only packets of its own host. No socket gets others here, as a host knows of no other.</summary>
    public bool IsolatesRouterAlerts
    {
        get => UncommonIfAny is { IsolatesRouterAlerts: true };
        set => Uncommon.IsolatesRouterAlerts = value;
    }

    /// <summary>A program for the group that the socket will make when it takes its port.</summary>
    public PacketProgram? AwaitedGroupProgram
    {
        get => UncommonIfAny?.GroupProgram;
        private set
        {
            if (value is not null || UncommonIfAny is not null) Uncommon.GroupProgram = value;
        }
    }

    /// <summary>A program was set before there was a group, so the socket makes one: it cannot join another any more (EADDRINUSE).</summary>
    public bool HasOwnGroup => UncommonIfAny is { HasOwnGroup: true };

    /// <summary>Whether the socket can be found by packets: then it is in a group or in none.</summary>
    protected virtual bool IsInTable => LocalPort != 0;

    /// <summary>Sets the program of the group that the socket is in.</summary>
    /// <param name="program">The program; null takes it away.</param>
    /// <param name="old">The one before.</param>
    /// <returns>False: it is in no group.</returns>
    protected virtual bool TrySetGroupProgram(PacketProgram? program, out PacketProgram? old)
    {
        old = null;
        return false;
    }

    /// <summary>Whether a program that was attached before bind may be replaced afterwards, although the protocol has no groups (ping).</summary>
    protected virtual bool KeepsGroupProgram => false;

    /// <inheritdoc/>
    public override Errno SetGroupProgram(PacketProgram program)
    {
        if (IsInTable && TrySetGroupProgram(program, out _)) return Errno.None;
        // One that made its group before it was bound still has it where the protocol has no groups (ping).
        if (IsInTable ? !KeepsGroupProgram || !HasOwnGroup : !Has(SocketFlags.ReusePort)) return Errno.EINVAL;
        AwaitedGroupProgram = program;
        Uncommon.HasOwnGroup = true;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno ClearGroupProgram()
    {
        PacketProgram? old = AwaitedGroupProgram;
        bool isMember = IsInTable && TrySetGroupProgram(null, out old);
        if (!IsInTable) AwaitedGroupProgram = null;
        if (old is not null) return Errno.None;
        return isMember || Has(SocketFlags.ReusePort) ? Errno.ENOENT : Errno.EINVAL;
    }

    /// <summary>Takes over the options that an accepted connection has from its listener (INH-001, INH-004).</summary>
    protected void CopyOptionsFrom(InetSocket listener)
    {
        Flags = listener.Flags;
        Filter = listener.Filter;
        BoundInterface = listener.BoundInterface;
        ReceiveLowWater = listener.ReceiveLowWater;
        ReceiveTimeout = listener.ReceiveTimeout;
        SendTimeout = listener.SendTimeout;
        Linger = listener.Linger;
        BusyPoll = listener.BusyPoll;
        Tos = listener.Tos;
        Ttl = listener.Ttl;
        PathMtu = listener.PathMtu;
        HopLimit = listener.HopLimit;
        TrafficClass = listener.TrafficClass;
        PathMtu6 = listener.PathMtu6;
        Preferences = listener.Preferences;
        CopyUncommonFrom(listener);
    }
}
