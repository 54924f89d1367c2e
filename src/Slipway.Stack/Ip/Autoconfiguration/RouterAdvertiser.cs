using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The router's side of router discovery on one interface (RFC 4861 §6.2): advertises by itself at random times, and to all when a host asks.</summary>
internal sealed class RouterAdvertiser : StackTimer
{
    // RFC 4861 §10.
    private const int InitialAdvertisements = 3;
    private const long LongestInitialInterval = 16 * StackClock.Second, LeastBetween = 3 * StackClock.Second, LongestDelay = 500 * StackClock.Millisecond;

    private readonly NetworkInterface _device;
    private readonly RouterAdvertisementSettings _settings;
    private long _last = long.MinValue / 2;
    private int _sent;

    public RouterAdvertiser(NetworkInterface device, RouterAdvertisementSettings settings) : base(device.Host.Loop)
    {
        _device = device;
        _settings = settings;
    }

    private RandomSource Random => _device.Autoconfiguration.Random;

    /// <summary>Begins: hosts that are there already learn of it soon.</summary>
    public void Start()
    {
        _sent = 0;
        Loop.PeriodicTimers.Add(this);
        if (_device.IsUp) ArmAfter(Random.NextInt64(LongestDelay));
    }

    /// <summary>Ends, and says that it is nobody's default router any more (RFC 4861 §6.2.5).</summary>
    public void Stop()
    {
        bool wasHeard = Cancel() && _sent > 0;
        Loop.PeriodicTimers.Remove(this);
        if (wasHeard) Send(isEnding: true);
    }

    /// <summary>The interface went down: nothing can be said.</summary>
    public void Pause()
    {
        Cancel();
        Loop.PeriodicTimers.Remove(this);
    }

    /// <summary>A host asks (RFC 4861 §6.2.6). All hear the answer, so not every question needs one of its own.</summary>
    public void ReceiveSolicitation(RouterSolicitationView solicitation, in ReceivedIp info)
    {
        bool hasLink = solicitation.Options.TryGetLinkAddress(NeighborOptionKind.SourceLinkAddress, out MacAddress link);
        if (!_device.Settings.IPv6.Forwarding.IsOn || info.Source.IsUnspecified && hasLink) return;
        if (hasLink && _device.Neighbors.GetOrAdd(info.Source) is { } host)
        {
            host.Update(link, NeighborState.Stale, mayOverride: true);
            host.IsRouter = false;
        }
        long answer = Math.Max(Loop.Now, _last + LeastBetween) + Random.NextInt64(LongestDelay);
        if (!IsArmed || Deadline > answer) Arm(answer);
    }

    /// <inheritdoc/>
    protected override void OnExpired()
    {
        long least = StackClock.ToNanoseconds(_settings.LeastInterval), most = StackClock.ToNanoseconds(_settings.MaxInterval);
        long next = least + Random.NextInt64(Math.Max(most - least, 1));
        if (_device.LinkLocalAddress.IsUnspecified)
        {
            // Its own address is still being checked: nobody would believe another one (RFC 4861 §6.1.2).
            ArmAfter(StackClock.Second);
            return;
        }
        Send(isEnding: false);
        ArmAfter(++_sent < InitialAdvertisements ? Math.Min(next, LongestInitialInterval) : next);
    }

    private void Send(bool isEnding)
    {
        const int LinkOption = 8, MtuOption = 8;
        if (!_device.IsUp || _device.LinkLocalAddress is not { IsUnspecified: false } source) return;
        List<AdvertisedPrefix> prefixes = Prefixes();
        int length = RouterAdvertisementHeader.Length + LinkOption + (_settings.Mtu > 0 ? MtuOption : 0) + prefixes.Count * PrefixInformation.Length;
        PacketBuffer packet = Loop.Packets.Rent(length);
        var options = new NeighborOptionsBuilder(packet.Span[RouterAdvertisementHeader.Length..]);
        options.AddLinkAddress(NeighborOptionKind.SourceLinkAddress, _device.Device.Address);
        if (_settings.Mtu > 0) options.AddMtu((uint)_settings.Mtu);
        foreach (AdvertisedPrefix prefix in prefixes) options.AddPrefix(prefix.ToOption());
        // A host that does not forward is nobody's router, whatever else it knows of the link (RFC 4861 §6.2.5).
        bool isRouter = !isEnding && _device.Settings.IPv6.Forwarding.IsOn;
        var header = new RouterAdvertisementHeader(_settings.HopLimit, isRouter ? (ushort)_settings.Lifetime.TotalSeconds : (ushort)0)
        {
            Preference = isRouter ? _settings.Preference : 0,
            ReachableTime = (uint)_settings.ReachableTime.TotalMilliseconds,
            RetransmitTimer = (uint)_settings.RetransmitTimer.TotalMilliseconds,
        };
        header.Write(packet.Span, source, NeighborDiscovery.AllNodes);
        _last = Loop.Now;
        _device.Host.Neighbors.Discovery.SendToGroup(_device, packet, Icmpv6Type.RouterAdvertisement, source, NeighborDiscovery.AllNodes);
    }

    private List<AdvertisedPrefix> Prefixes()
    {
        if (_settings.Prefixes is { } given) return [.. given];
        var found = new List<AdvertisedPrefix>();
        foreach (LocalAddress address in _device.Addresses)
        {
            IpPrefix network = address.Prefix.Network;
            if (address is { Address: { IsIPv6: true, IsLinkLocal: false }, IsTentative: false } && !found.Exists(other => other.Prefix == network)) found.Add(new AdvertisedPrefix(network) { ValidLifetime = _settings.ValidLifetime, PreferredLifetime = _settings.PreferredLifetime });
        }
        return found;
    }
}
