using System.Globalization;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <content>Duplicate address detection, and what routers say of the link.</content>
public sealed partial class NetworkInterface
{
    /// <summary>What routers on the link have said.</summary>
    internal Autoconfiguration Autoconfiguration { get; }

    /// <summary>The part of a router that advertises; null on interfaces that do not.</summary>
    internal RouterAdvertiser? Advertiser { get; private set; }

    /// <summary>
    /// Makes this host, which must forward, a router that tells the hosts of the link what they need: itself as their default router, prefixes, MTU and times (RFC 4861 §6.2).
    /// </summary>
    /// <param name="settings">What it says and how often; null to stop, which it says too.</param>
    /// <exception cref="ArgumentException">The settings do not fit each other.</exception>
    public void SetAdvertiser(RouterAdvertisementSettings? settings)
    {
        Host.Loop.AssertOwned();
        settings?.Check();
        Advertiser?.Stop();
        Advertiser = settings is null ? null : new RouterAdvertiser(this, settings);
        Advertiser?.Start();
    }

    /// <summary>Adds an address that a router's prefix gives.</summary>
    /// <param name="prefix">The address.</param>
    /// <param name="lifetime">How long it counts.</param>
    /// <param name="isStable">Its identifier is made of a secret.</param>
    /// <param name="knowsRouter">The router said its link-layer address, so nothing need be asked before something is sent (RFC 4429 §3.2).</param>
    internal Errno AddAutoconfigured(IpPrefix prefix, AddressLifetime lifetime, bool isStable, bool knowsRouter) => AddAddress(new AddressRequest(prefix)
    {
        Origin = AddressOrigin.Router, Flags = AddressFlags.NoPrefixRoute, Lifetime = lifetime, IsStable = isStable, IsOptimistic = knowsRouter && ChecksOptimistically,
    });

    /// <summary>Adds a temporary address beside another (RFC 8981).</summary>
    internal void AddTemporary(IpPrefix prefix, AddressLifetime lifetime, LocalAddress owner) => AddAddress(new AddressRequest(prefix)
    {
        Origin = AddressOrigin.Router, Flags = AddressFlags.NoPrefixRoute, Lifetime = lifetime, PublicAddress = owner, IsOptimistic = owner.IsOptimistic,
    });

    /// <summary>optimistic_dad: not on routers, whom everybody must be able to trust (RFC 4429 §3.1).</summary>
    private bool ChecksOptimistically
        => (Settings.IPv6.OptimisticDad.IsOn || Host.Sysctl.IPv6.All.OptimisticDad.IsOn) && !Host.Sysctl.IPv6.All.Forwarding.IsOn;

    /// <summary>Whether addresses that are still checked are sources as good as others (use_optimistic).</summary>
    internal bool UsesOptimistic => (Settings.IPv6.OptimisticDad.IsOn || Host.Sysctl.IPv6.All.OptimisticDad.IsOn)
        && (Settings.IPv6.UseOptimistic.IsOn || Host.Sysctl.IPv6.All.UseOptimistic.IsOn);

    /// <summary>The identifier that a secret makes for a prefix, where the interface has such (addr_gen_mode 2 and 3).</summary>
    /// <param name="prefix">The upper half of the address.</param>
    /// <param name="tries">How many were duplicates before.</param>
    internal ulong? StableIdentifier(ulong prefix, int tries = 0)
    {
        IPv6Conf conf = Settings.IPv6;
        if (conf.AddrGenMode.Value < IPv6Conf.StablePrivacy) return null;
        if ((conf.StableSecret.Value ?? Host.Sysctl.IPv6.Default.StableSecret.Value) is not { } secret) return null;
        return InterfaceIdentifiers.Stable(secret, prefix, Device.Address.Value, tries, Host.Sysctl.IPv6.IdgenRetries.Value);
    }

    /// <summary>Makes the link-local address as addr_gen_mode says.</summary>
    private void MakeLinkLocalAddress()
    {
        const ulong LinkLocal = 0xFE80_0000_0000_0000;
        const int NoAddress = 1, RandomSecret = 3;
        IPv6Conf conf = Settings.IPv6;
        int mode = conf.AddrGenMode.Value;
        if (!HasLinkAddresses || !IsUp || conf.DisableIPv6.IsOn || Device.Address.Value == 0 || mode == NoAddress) return;
        if (mode == RandomSecret && conf.StableSecret.Value is null)
        {
            RandomSource random = Host.Random.Derive("stable-secret/" + Name);
            conf.StableSecret.Inherit(new IpAddress(random.NextUInt64(), random.NextUInt64()));
        }
        bool isStable = mode >= IPv6Conf.StablePrivacy;
        if ((isStable ? StableIdentifier(LinkLocal) : Device.Address.ToInterfaceIdentifier()) is not { } identifier) return;
        AddAddress(new AddressRequest(new IpPrefix(new IpAddress(LinkLocal, identifier), 64)) { Origin = AddressOrigin.LinkLocal, IsStable = isStable, IsOptimistic = ChecksOptimistically });
    }

    private void OnIdentifiersChanged(SysctlEntry entry) => MakeLinkLocalAddress();

    /// <summary>Somebody has a stable address: the next identifier is tried (RFC 7217 §6).</summary>
    private void TryNextStable(LocalAddress duplicate)
    {
        int tries = duplicate.StableTries + 1;
        if (tries > Host.Sysctl.IPv6.IdgenRetries.Value)
        {
            Host.Log.Write($"IPv6: {Name}: privacy stable address generation failed because of DAD conflicts!");
            return;
        }
        if (StableIdentifier(duplicate.Address.High, tries) is not { } identifier || Autoconfiguration.HasTooManyAddresses) return;
        Host.Log.Write($"IPv6: {Name}: generating new stable privacy address because of DAD conflict");
        AddAddress(new AddressRequest(new IpPrefix(new IpAddress(duplicate.Address.High, identifier), duplicate.Prefix.Length))
        {
            Origin = duplicate.Origin, Flags = duplicate.UserFlags, Lifetime = duplicate.Lifetime, IsStable = true, StableTries = tries,
        });
    }

    /// <summary>Nobody objected (RFC 4862 §5.4): the address can be used.</summary>
    internal void DetectionSucceeded(LocalAddress address)
    {
        address.Detection = null;
        address.IsTentative = address.IsOptimistic = false;
        AddressRoutes.Restore(address);
        Anycasts.JoinSubnet(address);
        Host.TouchRouting();
        // What was reported without an address of the link no router has heard (RFC 9777 §5.2.13).
        if (address.Address.IsLinkLocal) Groups.Mld.AnnounceAll();
        Host.Netlink.Changes.AddressAdded(address);
        Autoconfiguration.AddressWorks(address);
    }

    /// <summary>Somebody else has it (RFC 4862 §5.4.5; the kernel's addrconf_dad_failure).</summary>
    internal void DetectionFailed(LocalAddress address, MacAddress by)
    {
        address.Detection?.Cancel();
        address.Detection = null;
        Host.Log.Write(string.Create(CultureInfo.InvariantCulture, $"IPv6: {Name}: IPv6 duplicate address {address.Address} used by {by} detected!"));
        if (address.IsStable) TryNextStable(address);
        if (address.IsAutoconfigured)
        {
            if (address.PublicAddress is { } owner) Autoconfiguration.Temporaries.Create(owner);
            RemoveAddress(address.Address);
            return;
        }
        address.IsDuplicate = true;
        if (address.IsOptimistic)
        {
            // What it took and sent so far was with care; now it is as any other duplicate.
            AddressRoutes.Remove(address);
            (address.IsTentative, address.IsOptimistic) = (true, false);
            AddressRoutes.Add(address);
        }
        Host.Netlink.Changes.AddressAdded(address);
        // The address that the hardware's makes: then the hardware's is there twice, and nothing that is made from it works.
        if (Math.Max(Settings.IPv6.AcceptDad.Value, Host.Sysctl.IPv6.All.AcceptDad.Value) < 2 || address.Address != HardwareLinkLocal) return;
        Host.Log.Write($"IPv6: {Name}: Disabling IPv6 on {Name}, because the hardware address is there twice");
        Settings.IPv6.DisableIPv6.Set(1);
    }

    private IpAddress HardwareLinkLocal => new(0xFE80_0000_0000_0000, Device.Address.ToInterfaceIdentifier());

    /// <summary>Whether a new address must be checked (accept_dad): not where nobody could object.</summary>
    private bool IsToBeChecked(in AddressRequest request)
        => request.Prefix.Address.IsIPv6 && HasLinkAddresses && (request.Flags & AddressFlags.NoDuplicateDetection) == 0 && Math.Max(Settings.IPv6.AcceptDad.Value, Host.Sysctl.IPv6.All.AcceptDad.Value) > 0;

    private void BeginDetection(LocalAddress address)
    {
        if (!address.Address.IsIPv6) return;
        if (!address.IsTentative && !address.IsOptimistic)
        {
            if (IsUp) Autoconfiguration.AddressWorks(address);
            return;
        }
        address.Detection = new DuplicateDetection(address);
        if (IsUp) address.Detection.Begin();
    }

    private static void EndDetection(LocalAddress address)
    {
        address.Detection?.Cancel();
        address.Detection = null;
    }

    private void BeginDetections()
    {
        foreach (LocalAddress address in _addresses) address.Detection?.Begin();
        Advertiser?.Start();
    }

    private void ForgetRouters()
    {
        Advertiser?.Pause();
        Autoconfiguration.Forget();
    }

    private void OnForwardingChanged(SysctlEntry entry)
    {
        Autoconfiguration.ForgetRouters();
        Anycasts.FollowForwarding();
    }
}
