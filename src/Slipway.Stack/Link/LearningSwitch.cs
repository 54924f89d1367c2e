using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// A transparent Ethernet bridge (IEEE 802.1D §7): it learns behind which port an address lives, sends frames for known addresses there only, and all
/// others to every other port. Ports are devices of the switch, joined with the hosts' devices by links.
/// </summary>
/// <remarks>There is no spanning tree: links must not form a ring.</remarks>
public sealed class LearningSwitch : ILinkReceiver
{
    /// <summary>How long an address is remembered after its last frame (802.1D §7.9.2 recommends 300 s).</summary>
    public static readonly TimeSpan AgeingTime = TimeSpan.FromSeconds(300);

    /// <summary>Addresses that the table holds; beyond it no new ones are learned until old ones age.</summary>
    public const int TableSize = 8192;

    private static readonly long Ageing = StackClock.ToNanoseconds(AgeingTime);

    private readonly StackLoop _loop;
    private readonly List<LinkDevice> _ports = [];
    private readonly Dictionary<MacAddress, Entry> _table = [];
    private readonly Action<LinkDevice> _portChanged;
    private GroupSnooper? _snooper;
    private long _lastSweep;

    /// <summary>Makes a switch without ports.</summary>
    public LearningSwitch(StackLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        _loop = loop;
        _portChanged = port =>
        {
            if (!port.IsUp || !port.HasCarrier) Forget(port);
        };
    }

    /// <summary>The ports.</summary>
    public IReadOnlyList<LinkDevice> Ports => _ports;

    /// <summary>Addresses in the table, aged ones that nobody asked for included.</summary>
    public int LearnedCount => _table.Count;

    /// <summary>
    /// Whether it listens in on IGMP and MLD, and sends what is for a group to the ports behind which somebody has joined it, and to routers (RFC 4541). It does so as long as a router asks
    /// who listens; otherwise memberships would end unnoticed, and all is flooded. Off at first.
    /// </summary>
    public bool IsSnooping
    {
        get => _snooper is not null;
        set => _snooper = !value ? null : _snooper ?? new GroupSnooper(_loop);
    }

    /// <summary>The ports behind which somebody has joined a group, as far as snooping knows.</summary>
    public IReadOnlyList<LinkDevice> ListenersOf(IpAddress group) => _snooper?.ListenersOf(group) ?? [];

    /// <summary>The ports behind which a router asks, as far as snooping knows.</summary>
    public IReadOnlyList<LinkDevice> RouterPorts => _snooper?.RouterPorts ?? [];

    /// <summary>Frames that went to all other ports.</summary>
    public long Flooded { get; private set; }

    /// <summary>Frames that went to one port.</summary>
    public long Forwarded { get; private set; }

    /// <summary>Frames that went nowhere: their receiver is where they came from, or their address is reserved for the link (802.1D §7.12.6).</summary>
    public long Filtered { get; private set; }

    /// <summary>Makes a device a port of the switch.</summary>
    /// <exception cref="ArgumentException">It is no Ethernet device, or belongs to another loop.</exception>
    public void AddPort(LinkDevice port)
    {
        ArgumentNullException.ThrowIfNull(port);
        if (port.Kind != LinkKind.Ethernet) throw new ArgumentException($"{port.Name} is {port.Kind}: a switch has Ethernet ports.", nameof(port));
        if (port.Loop != _loop) throw new ArgumentException($"{port.Name} belongs to another loop.", nameof(port));
        _ports.Add(port);
        port.Receiver = this;
        port.StateChanged += _portChanged;
    }

    /// <summary>Takes a port away and forgets what was learned by it.</summary>
    public void RemovePort(LinkDevice port)
    {
        ArgumentNullException.ThrowIfNull(port);
        if (!_ports.Remove(port)) return;
        port.Receiver = null;
        port.StateChanged -= _portChanged;
        Forget(port);
    }

    /// <summary>The port behind which an address lives, if that is known and not too old.</summary>
    public LinkDevice? Lookup(MacAddress address)
        => _table.TryGetValue(address, out Entry entry) && _loop.Now - entry.LastSeen < Ageing ? entry.Port : null;

    /// <inheritdoc/>
    public void Receive(LinkDevice device, PacketBuffer packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        MacAddress destination = MacAddress.Read(packet.Span);
        Learn(MacAddress.Read(packet.Span[MacAddress.Length..]), device);
        if (IsReserved(destination))
        {
            Filtered++;
            packet.Release();
            return;
        }
        if (!destination.IsMulticast && Lookup(destination) is { } port)
        {
            ForwardTo(port, device, packet);
            return;
        }
        if (destination.IsMulticast && !destination.IsBroadcast && _snooper is { } snooper) ForwardToGroup(device, packet, snooper.Look(device, packet.Span));
        else Flood(device, packet);
    }

    private void ForwardToGroup(LinkDevice from, PacketBuffer packet, SnoopedDelivery delivery)
    {
        if (delivery.ToAll)
        {
            Flood(from, packet);
            return;
        }
        Forwarded++;
        LinkDevice? last = null;
        foreach (LinkDevice port in _ports)
        {
            if (port == from || !_snooper!.Wants(port, delivery)) continue;
            last?.Send(packet.Clone());
            last = port;
        }
        if (last is null) packet.Release();
        else last.Send(packet);
    }

    private static bool IsReserved(MacAddress address) => address.Value >> 4 == 0x0180_C200_0000 >> 4;

    private void ForwardTo(LinkDevice port, LinkDevice from, PacketBuffer packet)
    {
        if (port == from)
        {
            Filtered++;
            packet.Release();
            return;
        }
        Forwarded++;
        port.Send(packet);
    }

    private void Flood(LinkDevice from, PacketBuffer packet)
    {
        Flooded++;
        LinkDevice? last = null;
        foreach (LinkDevice port in _ports)
        {
            if (port == from) continue;
            last?.Send(packet.Clone());
            last = port;
        }
        // The last port gets the packet itself, so that between two ports nothing is cloned.
        if (last is null) packet.Release();
        else last.Send(packet);
    }

    private void Learn(MacAddress source, LinkDevice port)
    {
        if (source.IsMulticast) return;
        long now = _loop.Now;
        if (_table.Count >= TableSize && !_table.ContainsKey(source))
        {
            Sweep(now);
            if (_table.Count >= TableSize) return;
        }
        _table[source] = new Entry(port, now);
    }

    /// <summary>Removes what is too old, at most once a second: a flood of made-up addresses must not make each frame cost a walk over the table.</summary>
    private void Sweep(long now)
    {
        if (now - _lastSweep < StackClock.Second) return;
        _lastSweep = now;
        foreach ((MacAddress address, Entry entry) in _table)
        {
            if (now - entry.LastSeen >= Ageing) _table.Remove(address);
        }
    }

    private void Forget(LinkDevice port)
    {
        _snooper?.Forget(port);
        foreach ((MacAddress address, Entry entry) in _table)
        {
            if (entry.Port == port) _table.Remove(address);
        }
    }

    private readonly record struct Entry(LinkDevice Port, long LastSeen);
}
