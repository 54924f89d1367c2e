using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A netlink socket (netlink(7)): its number, its groups and its peer. What it sends is served at once; the other parts of the class are sending and receiving.</summary>
internal sealed partial class NetlinkSocket : OpenSocket
{
    /// <summary>From here on a number of a group is no bit of sockaddr_nl.</summary>
    private const int GroupsInAddress = 32;

    private readonly ProcessContext _creator;
    private ulong _groups;
    private NetlinkOptions _options;
    private NetlinkAddress _peer;
    private bool _isConnected;

    public NetlinkSocket(StackHost host, ProcessContext creator, SocketType type, int protocol, ulong cookie)
        : base(host, creator.UserId, AddressFamily.Netlink, type, protocol, cookie)
        => _creator = creator;

    /// <summary>nl_pid; 0 until it is bound.</summary>
    public uint Port { get; private set; }

    /// <summary>The groups that it is in, the first in the lowest bit.</summary>
    public ulong Groups => _groups;

    /// <summary>Whether it ever had to do with groups: one that had not lists none, not even as zeros.</summary>
    public bool HasHadGroups { get; private set; }

    /// <summary>The peer of connect.</summary>
    public NetlinkAddress Peer => _peer;

    public bool IsStrict => Has(NetlinkOptions.StrictChecks);

    private NetlinkLayer Layer => Host.Netlink;

    public bool Has(NetlinkOptions option) => (_options & option) != 0;

    public void Set(NetlinkOptions option, bool on) => _options = on ? _options | option : _options & ~option;

    public bool Listens(int group) => group is > 0 and <= 64 && (_groups >> group - 1 & 1) != 0;

    /// <summary>NETLINK_ADD_MEMBERSHIP, NETLINK_DROP_MEMBERSHIP.</summary>
    /// <returns>EINVAL: there is no such group.</returns>
    public Errno SetMembership(int group, bool isMember)
    {
        HasHadGroups = true;
        if (group <= 0 || group > Layer.GroupsOf(Protocol)) return Errno.EINVAL;
        ulong bit = 1UL << group - 1;
        _groups = isMember ? _groups | bit : _groups & ~bit;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Bind(Caller caller, ReadOnlySpan<byte> address)
    {
        if (!NetlinkAddress.TryRead(address, out NetlinkAddress wanted)) return Errno.EINVAL;
        // The room for groups is made before the port is looked at.
        HasHadGroups |= wanted.Groups != 0;
        ulong known = (1UL << Math.Min(Layer.GroupsOf(Protocol), GroupsInAddress)) - 1;
        if (Port != 0)
        {
            if (wanted.Port != Port) return Errno.EINVAL;
        }
        else if (wanted.Port == 0)
        {
            Port = Layer.BindAutomatically(this, caller.Process);
        }
        else if (Layer.TryBind(this, wanted.Port))
        {
            Port = wanted.Port;
        }
        else
        {
            return Errno.EADDRINUSE;
        }
        _groups = _groups & ~(ulong)uint.MaxValue | wanted.Groups & known;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Connect(Caller caller, ReadOnlySpan<byte> address)
    {
        if (address.Length < sizeof(ushort)) return Errno.EINVAL;
        if (SockAddr.FamilyOf(address) == AddressFamily.Unspecified)
        {
            _peer = default;
            _isConnected = false;
            return Errno.None;
        }
        if (!NetlinkAddress.TryRead(address, out NetlinkAddress peer)) return Errno.EINVAL;
        if (!MaySendTo(caller.Process, peer)) return Errno.EPERM;
        if (Port == 0) Port = Layer.BindAutomatically(this, caller.Process);
        _peer = peer with { Groups = FirstOf(peer.Groups) };
        _isConnected = true; // to the kernel too, whose number is 0
        return Errno.None;
    }

    /// <inheritdoc/>
    public override CallResult GetName(bool peer, Span<byte> address)
    {
        Span<byte> whole = stackalloc byte[NetlinkAddress.Length];
        (peer ? _peer : new NetlinkAddress(Port, (uint)_groups)).Write(whole);
        OptionTable.Cut(whole, address);
        return NetlinkAddress.Length;
    }

    /// <inheritdoc/>
    public override Errno Shutdown(ShutdownHow how) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override CallResult Ioctl(uint request, Span<byte> argument) => Errno.ENOTTY;

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        Layer.Remove(this);
        _queue.Clear();
        _received = 0;
        _dump = null;
        TellSenders();
    }

    /// <summary>Only who may change the network talks to others than the kernel (NL_CFG_F_NONROOT_SEND is not of these protocols).</summary>
    private static bool MaySendTo(ProcessContext caller, NetlinkAddress address) => address is { Port: 0, Groups: 0 } || caller.HasCapability(Capability.NetAdmin);

    /// <summary>A message goes to one group: the first of those that the address has.</summary>
    private static uint FirstOf(uint groups) => groups & (uint)-(int)groups;
}
