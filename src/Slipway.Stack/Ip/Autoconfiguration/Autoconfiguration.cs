using System.Globalization;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// What an interface learns from routers (RFC 4861 §6.3, RFC 4862 §5.5) as Linux does it: asks for them, takes their prefixes, makes addresses, keeps the list of default routers with
/// their preferences (RFC 4191), and lets all of it end in time.
/// </summary>
internal sealed class Autoconfiguration
{
    /// <summary>An advertisement may not end an address sooner than this (RFC 4862 §5.5.3 e), seconds.</summary>
    private const long LeastValid = 2 * 60 * 60;

    /// <summary>RTPROT_RA, RTPROT_KERNEL: who made a route, for rtnetlink(7).</summary>
    private const byte ProtocolOfRouters = 9, ProtocolOfKernel = 2;

    private readonly NetworkInterface _device;
    private readonly StackHost _host;
    private readonly StackTimer<Autoconfiguration> _solicitation, _end;
    private int _solicited;
    private long _interval;
    private bool _hasHeard;

    public Autoconfiguration(NetworkInterface device)
    {
        _device = device;
        _host = device.Host;
        Random = _host.Random.Derive("autoconfiguration/" + device.Name);
        Temporaries = new TemporaryAddresses(device);
        _solicitation = new StackTimer<Autoconfiguration>(_host.Loop, static self => self.SolicitAgain(), this);
        _end = new StackTimer<Autoconfiguration>(_host.Loop, static self => self.EndWhatIsOver(), this);
    }

    /// <summary>Random times of this interface.</summary>
    public RandomSource Random { get; }

    /// <summary>Temporary addresses.</summary>
    public TemporaryAddresses Temporaries { get; }

    /// <summary>max_addresses: a router could fill the memory of its hosts otherwise.</summary>
    public bool HasTooManyAddresses
    {
        get
        {
            int most = Conf.MaxAddresses.Value, count = 0;
            foreach (LocalAddress address in _device.Addresses)
            {
                if (address.Address.IsIPv6) count++;
            }
            return most != 0 && count >= most;
        }
    }

    private IPv6Conf Conf => _device.Settings.IPv6;

    /// <summary>accept_ra: 1 for hosts, 2 for routers too.</summary>
    private bool Listens => Conf.Forwarding.IsOn ? Conf.AcceptRa.Value == 2 : Conf.AcceptRa.IsOn;

    /// <summary>An address has passed its check: with the link-local one routers can be asked for (the kernel's addrconf_dad_completed).</summary>
    public void AddressWorks(LocalAddress address)
    {
        // Its successor has a time from now on.
        if (address.IsTemporary) ArmEnd();
        if (!address.Address.IsLinkLocal || !_device.HasLinkAddresses || !Listens || Conf.RouterSolicitations.Value == 0) return;
        _hasHeard = false;
        _solicited = 1;
        _interval = Scatter(Conf.RouterSolicitationInterval.Value * StackClock.Second, 0.9, 1.1);
        _solicitation.ArmAfter(_interval);
        _host.Neighbors.Discovery.SolicitRouters(_device, address.Address);
    }

    /// <summary>The interface went down, or is given up: what routers said counts no more.</summary>
    public void Forget()
    {
        _solicitation.Cancel();
        _end.Cancel();
        _host.Loop.RenewedTimers.Remove(_end);
        _hasHeard = false;
    }

    /// <summary>This host has become a router: it needs none (RFC 4861 §6.2.2; the kernel's rt6_purge_dflt_routers).</summary>
    public void ForgetRouters()
    {
        if (Listens) return;
        foreach (Route route in LearntRoutes()) if (route.HasGateway) _host.Routes.Remove(route);
    }

    /// <summary>A neighbour says that it is no router any more (RFC 4861 §7.3.3).</summary>
    public void ForgetRouter(IpAddress router)
    {
        foreach (Route route in LearntRoutes()) if (route.Gateway == router) _host.Routes.Remove(route);
    }

    /// <summary>Takes an advertisement that came from this link (RFC 4861 §6.1.2, §6.3.4).</summary>
    public void Receive(RouterAdvertisementView advertisement, in ReceivedIp info)
    {
        if (!info.Source.IsLinkLocal || !Listens) return;
        _hasHeard = true;
        _solicitation.Cancel();
        // What this host says as a router itself is no news to it (accept_ra_from_local is off).
        if (_host.Interfaces.FindAddress(info.Source) is not null) return;
        bool hasLink = advertisement.Options.TryGetLinkAddress(NeighborOptionKind.SourceLinkAddress, out MacAddress link);
        if (Conf.AcceptRaDefrtr.IsOn) TakeRouter(info.Source, advertisement);
        if (advertisement.HopLimit != 0 && advertisement.HopLimit >= Conf.AcceptRaMinHopLimit.Value) Conf.HopLimit.Set(advertisement.HopLimit);
        TakeTimes(advertisement);
        TakeNeighbor(info.Source, hasLink ? link : null);
        foreach (NeighborOption option in advertisement.Options)
        {
            if (Conf.AcceptRaPinfo.IsOn && option.TryGetPrefix(out PrefixInformation prefix)) TakePrefix(prefix, hasLink);
            else if (Conf.AcceptRaMtu.IsOn && option.TryGetMtu(out uint mtu)) TakeMtu(mtu);
        }
        ArmEnd();
    }

    private void TakeRouter(IpAddress router, RouterAdvertisementView advertisement)
    {
        int preference = Conf.AcceptRaRtrPref.IsOn ? advertisement.Preference : 0;
        Route? known = LearntRoutes().Find(route => route.Gateway == router && route.Destination.Length == 0);
        long until = AddressLifetime.Until(_host.Loop.Now, advertisement.RouterLifetime);
        if (known is not null && advertisement.RouterLifetime != 0 && known.Preference == preference)
        {
            known.ValidUntil = until;
            return;
        }
        if (known is not null) _host.Routes.Remove(known);
        if (advertisement.RouterLifetime == 0) return;
        _host.Routes.Insert(new Route
        {
            Destination = new IpPrefix(IpAddress.AnyIPv6, 0),
            Gateway = router,
            Interface = _device,
            Metric = Conf.RaDefrtrMetric.Value,
            Preference = preference,
            Protocol = ProtocolOfRouters,
            IsLearnt = true,
            ValidUntil = until,
        });
    }

    private void TakeTimes(RouterAdvertisementView advertisement)
    {
        NeighborConf times = _device.Settings.NeighborIPv6;
        if (advertisement.RetransmitTimer is > 0 and <= int.MaxValue) times.RetransTimeMs.Set(Math.Max((int)advertisement.RetransmitTimer, 10));
        if (advertisement.ReachableTime is > 0 and <= int.MaxValue) times.BaseReachableTimeMs.Set((int)advertisement.ReachableTime);
    }

    private void TakeNeighbor(IpAddress router, MacAddress? link)
    {
        if (link is null)
        {
            if (_device.Neighbors.TryGet(router, out NeighborEntry? known)) known.IsRouter = true;
            return;
        }
        if (_device.Neighbors.GetOrAdd(router) is not { } entry) return;
        entry.Update(link, NeighborState.Stale, mayOverride: true);
        entry.IsRouter = true;
    }

    private void TakeMtu(uint mtu)
    {
        if (mtu < IPv6Conf.MinMtu || mtu > _device.Mtu) _host.Log.Write(string.Create(CultureInfo.InvariantCulture, $"ICMPv6: RA: {_device.Name}: invalid mtu: {mtu}"));
        else if (Conf.Mtu.Value != mtu) Conf.Mtu.Set((int)mtu);
    }

    /// <summary>RFC 4861 §6.3.4, RFC 4862 §5.5.3; the kernel's addrconf_prefix_rcv.</summary>
    private void TakePrefix(PrefixInformation option, bool knowsRouter)
    {
        IpPrefix prefix = option.Prefix.Network;
        if (prefix.Address.IsMulticast || prefix.Address.IsLinkLocal) return;
        if (option.PreferredLifetime > option.ValidLifetime)
        {
            _host.Log.Write($"ICMPv6: {_device.Name}: prefix option has invalid lifetime");
            return;
        }
        long now = _host.Loop.Now;
        if (option.IsOnLink) TakeOnLinkPrefix(prefix, AddressLifetime.Until(now, option.ValidLifetime), option.ValidLifetime == 0);
        if (option.IsAutonomous && Conf.Autoconf.IsOn) TakeAddress(prefix, option, now, knowsRouter);
    }

    private void TakeOnLinkPrefix(IpPrefix prefix, long until, bool isOver)
    {
        foreach (Route route in _host.Routes.OfPrefix(prefix))
        {
            if (!ReferenceEquals(route.Interface, _device) || route.HasGateway) continue;
            // The route that came with an address of the administrator's stays as it is.
            if (!route.IsLearnt) return;
            if (isOver) _host.Routes.Remove(route);
            else route.ValidUntil = until;
            return;
        }
        if (isOver) return;
        _host.Routes.Insert(new Route { Destination = prefix, Interface = _device, Metric = Route.ConnectedIPv6Metric, IsLearnt = true, Protocol = ProtocolOfKernel, ValidUntil = until });
    }

    private void TakeAddress(IpPrefix prefix, PrefixInformation option, long now, bool knowsRouter)
    {
        const int InterfaceIdentifierBits = 64;
        if (prefix.Length != InterfaceIdentifierBits)
        {
            _host.Log.Write(string.Create(CultureInfo.InvariantCulture, $"IPv6: {_device.Name}: prefix with wrong length {prefix.Length}"));
            return;
        }
        ulong? stable = _device.StableIdentifier(prefix.Address.High);
        var address = new IpAddress(prefix.Address.High, stable ?? _device.Device.Address.ToInterfaceIdentifier());
        long preferred = AddressLifetime.Until(now, option.PreferredLifetime);
        if (_device.FindAddress(address) is not { } known)
        {
            if (option.ValidLifetime == 0 || HasTooManyAddresses) return;
            var life = new AddressLifetime(AddressLifetime.Until(now, option.ValidLifetime), preferred);
            _device.AddAutoconfigured(new IpPrefix(address, prefix.Length), life, stable is not null, knowsRouter);
            if (_device.FindAddress(address) is { } made) Temporaries.Follow(made, isNew: true);
            return;
        }
        if (known.Lifetime is not { } lifetime) return;
        // What is not authenticated may not take an address away at once, nor keep it from ending when it would have.
        long stored = lifetime.ValidUntil == AddressLifetime.Forever ? long.MaxValue : (lifetime.ValidUntil - now) / StackClock.Second;
        uint least = (uint)Math.Clamp(stored, 0, LeastValid);
        known.Lifetime = new AddressLifetime(AddressLifetime.Until(now, Math.Max(option.ValidLifetime, least)), preferred);
        if (known.IsDeprecated != preferred <= now) known.SetDeprecated(preferred <= now);
        if (!known.IsTemporary) Temporaries.Follow(known, isNew: false);
    }

    /// <summary>RFC 4861 §6.3.7 with the growing intervals of RFC 7559.</summary>
    private void SolicitAgain()
    {
        int most = Conf.RouterSolicitations.Value;
        if (_hasHeard || !Listens || _device.LinkLocalAddress is not { IsUnspecified: false } source) return;
        if (most >= 0 && _solicited >= most) return;
        _solicited++;
        long longest = Conf.RouterSolicitationMaxInterval.Value * StackClock.Second;
        _interval = Scatter(_interval, 1.9, 2.1);
        if (_interval > longest) _interval = Scatter(longest, 0.9, 1.1);
        _solicitation.ArmAfter(_interval);
        _host.Neighbors.Discovery.SolicitRouters(_device, source);
    }

    private long Scatter(long interval, double least, double most) => (long)(interval * (least + Random.NextDouble() * (most - least)));

    private void EndWhatIsOver()
    {
        long now = _host.Loop.Now;
        foreach (LocalAddress address in _device.Addresses.ToArray())
        {
            if (address.Lifetime is not { } lifetime) continue;
            if (Temporaries.SuccessorDue(address) <= now) Temporaries.Succeed(address);
            if (lifetime.ValidUntil <= now) _device.RemoveAddress(address.Address);
            else if (lifetime.PreferredUntil <= now && !address.IsDeprecated) address.SetDeprecated(true);
        }
        foreach (Route route in LearntRoutes()) if (route.ValidUntil <= now) _host.Routes.Remove(route);
        ArmEnd();
    }

    private void ArmEnd()
    {
        long next = AddressLifetime.Forever;
        foreach (LocalAddress address in _device.Addresses)
        {
            if (address.Lifetime is { } lifetime) next = Math.Min(next, address.IsDeprecated ? lifetime.ValidUntil : Math.Min(lifetime.ValidUntil, lifetime.PreferredUntil));
            next = Math.Min(next, Temporaries.SuccessorDue(address));
        }
        foreach (Route route in LearntRoutes()) next = Math.Min(next, route.ValidUntil);
        if (next == AddressLifetime.Forever)
        {
            _end.Cancel();
            _host.Loop.RenewedTimers.Remove(_end);
            return;
        }
        _end.Arm(next);
        _host.Loop.RenewedTimers.Add(_end);
    }

    private List<Route> LearntRoutes() => _host.Routes.LearntOn(_device);
}
