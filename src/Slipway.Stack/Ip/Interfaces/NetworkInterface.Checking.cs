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

    /// <summary>Adds an address that a router's prefix gives, or gives it another lifetime.</summary>
    internal Errno AddAutoconfigured(IpPrefix prefix, AddressLifetime lifetime) => AddAddress(new AddressRequest(prefix)
    {
        Origin = AddressOrigin.Router, Flags = AddressFlags.NoPrefixRoute, Lifetime = lifetime,
    });

    /// <summary>Nobody objected (RFC 4862 §5.4): the address can be used.</summary>
    internal void DetectionSucceeded(LocalAddress address)
    {
        address.Detection = null;
        address.IsTentative = false;
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
        if (address.IsAutoconfigured)
        {
            RemoveAddress(address.Address);
            return;
        }
        address.IsDuplicate = true;
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
        if (!address.IsTentative)
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
