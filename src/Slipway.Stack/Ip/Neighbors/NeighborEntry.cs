using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// One neighbour: the state machine of RFC 4861 §7.3 with the timers of Linux, for ARP and neighbour discovery alike. The two differ only in how they
/// ask (<see cref="INeighborProtocol"/>).
/// </summary>
public sealed class NeighborEntry : StackTimer
{
    internal const NeighborState Connected = NeighborState.Reachable | NeighborState.Permanent;
    internal const NeighborState Valid = Connected | NeighborState.Stale | NeighborState.Delay | NeighborState.Probe;
    private const NeighborState Asking = NeighborState.Incomplete | NeighborState.Probe;
    private const NeighborState Timed = Asking | NeighborState.Reachable | NeighborState.Delay;

    private readonly NeighborCache _cache;
    private readonly NeighborConf _conf;
    private PacketQueue _waiting;
    private long _waitingMemory;
    private long _confirmed;
    private int _probes;

    internal NeighborEntry(NeighborCache cache, IpAddress address) : base(cache.Interface.Host.Loop)
    {
        _cache = cache;
        Address = address;
        _conf = address.IsIPv4 ? cache.Interface.Settings.NeighborIPv4 : cache.Interface.Settings.NeighborIPv6;
        Updated = LastUsed = Loop.Now;
        _confirmed = Loop.Now - 2 * BaseReachable;
    }

    /// <summary>The neighbour's IP address.</summary>
    public IpAddress Address { get; }

    /// <summary>Its link-layer address; of meaning while <see cref="IsValid"/>.</summary>
    public MacAddress LinkAddress { get; private set; }

    /// <summary>The state.</summary>
    public NeighborState State { get; private set; }

    /// <summary>It says that it is a router (IPv6).</summary>
    public bool IsRouter { get; internal set; }

    /// <summary>The interface on whose link it is.</summary>
    public NetworkInterface Interface => _cache.Interface;

    /// <summary>Whether packets can be sent to it.</summary>
    public bool IsValid => (State & Valid) != 0;

    /// <summary>Packets that wait for its address.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>When state or address last changed, nanoseconds.</summary>
    internal long Updated { get; private set; }

    internal long LastUsed { get; private set; }

    /// <summary>When it was last known to answer, nanoseconds.</summary>
    internal long Confirmed => _confirmed;

    /// <summary>Questions asked since the last answer.</summary>
    internal int Probes => _probes;

    private long ReachableTime => _cache.ReachableTime(Address.IsIPv4);

    private long BaseReachable => _conf.BaseReachableTimeMs.Value * StackClock.Millisecond;

    private long DelayProbe => _conf.DelayFirstProbeTime.Value * StackClock.Second;

    /// <summary>Time between solicitations; never so short that they flood the link.</summary>
    private long Retransmit => Math.Max(_conf.RetransTimeMs.Value, 10) * StackClock.Millisecond;

    private int MostProbes => _conf.UcastSolicit.Value + (State == NeighborState.Probe ? 0 : _conf.McastSolicit.Value);

    /// <summary>One line in the manner of ip-neighbour(8).</summary>
    public override string ToString() => $"{Address} dev {Interface.Name} {(IsValid ? $"lladdr {LinkAddress} " : "")}{(IsRouter ? "router " : "")}{State.ToString().ToUpperInvariant()}";

    /// <summary>
    /// The entry is about to be used to send. A stale one starts its delay; one that has no address keeps the packet and asks.
    /// </summary>
    /// <returns>Whether the packet may go now; if not, its ownership has moved.</returns>
    internal bool PrepareToSend(PacketBuffer packet)
    {
        LastUsed = Loop.Now;
        if ((State & (Connected | NeighborState.Delay | NeighborState.Probe)) != 0) return true;
        if (State == NeighborState.Stale)
        {
            Enter(NeighborState.Delay);
            ArmAfter(DelayProbe);
            return true;
        }
        bool mustAsk = State != NeighborState.Incomplete;
        if (mustAsk && _conf.McastSolicit.Value == 0)
        {
            Enter(NeighborState.Failed);
            packet.Release();
            return false;
        }
        if (mustAsk)
        {
            // The unicast probes count as made: there is no address to send them to.
            _probes = _conf.UcastSolicit.Value;
            Enter(NeighborState.Incomplete);
            ArmAfter(Retransmit);
        }
        Keep(packet);
        if (mustAsk) Ask();
        return false;
    }

    /// <summary>Asks for the address without a packet that waits for it.</summary>
    internal void Resolve()
    {
        if (IsValid || State == NeighborState.Incomplete || _conf.McastSolicit.Value == 0) return;
        LastUsed = Loop.Now;
        _probes = _conf.UcastSolicit.Value;
        Enter(NeighborState.Incomplete);
        ArmAfter(Retransmit);
        Ask();
    }

    /// <summary>Somebody above says that the neighbour answers (RFC 4861 §7.3.1; MSG_CONFIRM).</summary>
    internal void Confirm() => _confirmed = Loop.Now;

    /// <summary>News of the neighbour (the kernel's neigh_update).</summary>
    /// <param name="address">Its link-layer address; null to keep the known one.</param>
    /// <param name="state">The state to go to.</param>
    /// <param name="mayOverride">The news may replace another address.</param>
    /// <param name="isAdministrative">An administrator says so: goes over a permanent entry too.</param>
    /// <param name="weakOverride">Another address that may not replace the known one makes a reachable entry stale (RFC 4861 §7.2.5).</param>
    /// <returns>Whether the news was taken: flags that came with it count only then.</returns>
    internal bool Update(MacAddress? address, NeighborState state, bool mayOverride, bool isAdministrative = false, bool weakOverride = false)
    {
        if (State == NeighborState.Permanent && !isAdministrative) return false;
        bool wasValid = IsValid;
        if (address is null && !wasValid) return false;
        MacAddress next = address ?? LinkAddress;
        if ((state & Connected) != 0) _confirmed = Loop.Now;
        bool taken = true;
        if (wasValid && next != LinkAddress && !mayOverride)
        {
            if (!weakOverride || (State & Connected) == 0) return false;
            taken = false;
            next = LinkAddress;
            state = NeighborState.Stale;
        }
        else if (wasValid && next == LinkAddress && state == NeighborState.Stale && !isAdministrative)
        {
            state = State;
        }
        bool isNews = next != LinkAddress || state != State;
        Change(next, state);
        if (isNews) Tell();
        if (!wasValid && IsValid) SendWaiting();
        return taken;
    }

    /// <summary>The entry leaves the table.</summary>
    internal void Drop()
    {
        Cancel();
        State = NeighborState.Failed;
        _waiting.Clear();
        _waitingMemory = 0;
    }

    /// <inheritdoc/>
    protected override void OnExpired()
    {
        long next = NextStep();
        if ((State & Asking) != 0 && _probes >= MostProbes)
        {
            Fail();
            return;
        }
        if (State == NeighborState.Stale) return;
        Arm(next);
        if ((State & Asking) != 0) Ask();
    }

    /// <summary>Changes the state as the time that has passed wants it, and tells when to look again.</summary>
    private long NextStep()
    {
        long now = Loop.Now;
        switch (State)
        {
            case NeighborState.Reachable when now < _confirmed + ReachableTime:
                return _confirmed + ReachableTime;
            case NeighborState.Reachable when now <= LastUsed + DelayProbe:
                Enter(NeighborState.Delay);
                return now + DelayProbe;
            case NeighborState.Reachable:
                Enter(NeighborState.Stale);
                Tell();
                return 0;
            case NeighborState.Delay when now <= _confirmed + DelayProbe:
                Enter(NeighborState.Reachable);
                Tell();
                return _confirmed + ReachableTime;
            case NeighborState.Delay:
                Enter(NeighborState.Probe);
                _probes = 0;
                Tell();
                break;
        }
        return now + Retransmit;
    }

    private void Ask()
    {
        bool unicast = _probes < _conf.UcastSolicit.Value && IsValid;
        _probes++;
        _cache.ProtocolOf(Address).Solicit(this, _waiting.First, unicast);
    }

    private void Fail()
    {
        Enter(NeighborState.Failed);
        Tell();
        Interface.Host.Redirects.Forget(Address);
        _waitingMemory = 0;
        // Taken off first: the errors run through this host's own input and could come back here.
        PacketQueue lost = _waiting;
        _waiting = default;
        while (lost.TryDequeue(out PacketBuffer? packet)) _cache.ProtocolOf(Address).ReportUnreachable(this, packet);
    }

    private void Change(MacAddress address, NeighborState state)
    {
        bool isNewAddress = address != LinkAddress;
        if (isNewAddress || state != State) Updated = Loop.Now;
        if (isNewAddress)
        {
            LinkAddress = address;
            if ((state & Connected) == 0) _confirmed = Loop.Now - 2 * BaseReachable;
        }
        if (state == State) return;
        Cancel();
        TellRouting(state);
        State = state;
        if (state == NeighborState.Probe) _probes = 0;
        if ((state & Timed) != 0) ArmAfter(state == NeighborState.Reachable ? ReachableTime : 0);
    }

    /// <summary>Tells those who listen; the steps that only using it causes are not told, as in Linux.</summary>
    private void Tell() => Interface.Host.Netlink.Changes.NeighborChanged(this);

    private void Enter(NeighborState state)
    {
        TellRouting(state);
        State = state;
        Updated = Loop.Now;
    }

    /// <summary>Among default routers one that does not answer comes last (<see cref="RouteTrie"/>).</summary>
    private void TellRouting(NeighborState next)
    {
        if (IsRouter && (State == NeighborState.Failed) != (next == NeighborState.Failed)) Interface.Host.TouchRouting();
    }

    private void Keep(PacketBuffer packet)
    {
        while (_waitingMemory + packet.MemorySize > _conf.UnresQlenBytes.Value && _waiting.TryDequeue(out PacketBuffer? oldest))
        {
            _waitingMemory -= oldest.MemorySize;
            oldest.Release();
            _cache.CountUnresolvedDiscard();
        }
        _waitingMemory += packet.MemorySize;
        _waiting.Enqueue(packet);
    }

    private void SendWaiting()
    {
        _waitingMemory = 0;
        PacketQueue ready = _waiting;
        _waiting = default;
        while (ready.TryDequeue(out PacketBuffer? packet)) Interface.TransmitTo(packet, LinkAddress, Address.IsIPv4 ? EtherType.Ipv4 : EtherType.Ipv6);
    }
}
