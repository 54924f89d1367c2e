using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Addresses that tell nothing of the hardware: temporary ones (RFC 8981), stable private ones (RFC 7217), and optimistic ones that are used before their check is over (RFC 4429).</summary>
public sealed class PrivacyAddressTests
{
    private static readonly IpAddress Router = IpAddress.Parse("fe80::1"), AllNodes = IpAddress.Parse("ff02::1"), Far = IpAddress.Parse("2001:db8:9::9");
    private static readonly IpPrefix Network = IpPrefix.Parse("2001:db8:1::/64");

    private readonly TestNetwork _network = new();
    private readonly StackHost _host;
    private readonly NetworkInterface _interface;
    private readonly TestPeer _peer;

    public PrivacyAddressTests()
    {
        _host = _network.AddHost("a");
        (_interface, _peer) = _network.ConnectPeer(_host, "");
        _peer.Take();
    }

    private LocalAddress Public => _interface.Addresses.Single(static address => address is { IsAutoconfigured: true, IsTemporary: false });

    private LocalAddress[] Temporaries => [.. _interface.Addresses.Where(static address => address.IsTemporary)];

    /// <summary>The identifiers that Linux 6.18 made of these secrets for fe80::/64 on a device without a permanent address.</summary>
    [Theory]
    [InlineData("2001:db8::1", 0x88CF_4891_A68C_E03FUL)]
    [InlineData("1:2:3:4:5:6:7:8", 0xD7DF_601A_11A2_8A90UL)]
    public void Stable_identifiers_are_the_kernels(string secret, ulong identifier)
    {
        InterfaceIdentifiers.Stable(IpAddress.Parse(secret), 0xFE80_0000_0000_0000, 0, 0, 3).ShouldBe(identifier);
        InterfaceIdentifiers.Stable(IpAddress.Parse(secret), 0xFE80_0000_0000_0000, 0, 1, 3).ShouldNotBe(identifier);
        InterfaceIdentifiers.Stable(IpAddress.Parse(secret), 0xFD00_0000_0000_0000, 0, 0, 3).ShouldNotBe(identifier);
        InterfaceIdentifiers.Stable(IpAddress.Parse(secret), 0xFE80_0000_0000_0000, 1, 0, 3).ShouldNotBe(identifier);
    }

    [Fact]
    public void A_secret_is_set_once_and_then_makes_all_addresses_of_the_interface()
    {
        const string Secret = "net.ipv6.conf.eth0.stable_secret";
        _host.Sysctl.Get(Secret, out _).ShouldBe(Errno.EIO);
        _host.Sysctl.Set(Secret, "17").ShouldBe(Errno.EIO);
        _host.Sysctl.Get("net.ipv6.conf.all.stable_secret", out _).ShouldBe(Errno.ENOENT);
        Set("stable_secret", "2001:db8::1");
        _host.Sysctl.Get(Secret, out string text).ShouldBe(Errno.None);
        text.ShouldBe("2001:0db8:0000:0000:0000:0000:0000:0001");
        _interface.Settings.IPv6.AddrGenMode.Value.ShouldBe(2);
        Advertise(86400, 14400);
        ulong identifier = Public.Address.Low;
        identifier.ShouldBe(InterfaceIdentifiers.Stable(IpAddress.Parse("2001:db8::1"), Network.Address.High, _interface.Device.Address.Value, 0, 3)!.Value);
        Public.IsStable.ShouldBeTrue();
        // The next advertisement speaks of the same address.
        Advertise(86400, 14400);
        Public.Address.Low.ShouldBe(identifier);
        _network.Do(() => { _interface.SetUp(false); _interface.SetUp(true); });
        _interface.LinkLocalAddress.Low.ShouldNotBe(_interface.Device.Address.ToInterfaceIdentifier());
    }

    [Fact]
    public void The_host_chooses_a_secret_by_its_seed_or_makes_no_link_local_address()
    {
        Set("addr_gen_mode", "3");
        IpAddress[] addresses = [.. _interface.Addresses.Where(static address => address.Address.IsLinkLocal).Select(static address => address.Address)];
        addresses.Length.ShouldBe(2);
        var again = new PrivacyAddressTests();
        again.Set("addr_gen_mode", "3");
        again._interface.Addresses.Select(static address => address.Address).ShouldBe(_interface.Addresses.Select(static address => address.Address));
        Set("addr_gen_mode", "1");
        _network.Do(() => { _interface.SetUp(false); _interface.SetUp(true); });
        _interface.LinkLocalAddress.IsUnspecified.ShouldBeTrue();
        _host.Sysctl.Set("net.ipv6.conf.eth0.addr_gen_mode", "4").ShouldBe(Errno.EINVAL);
    }

    [Fact]
    public void Who_has_the_stable_address_is_given_way_to_with_the_next_identifier()
    {
        Set("stable_secret", "2001:db8::1");
        Set("accept_dad", "1");
        Advertise(86400, 14400);
        IpAddress first = Public.Address;
        _network.Pass(TimeSpan.FromSeconds(1));
        Claim(first);
        LocalAddress second = Public;
        second.Address.ShouldNotBe(first);
        second.Address.Low.ShouldBe(InterfaceIdentifiers.Stable(IpAddress.Parse("2001:db8::1"), Network.Address.High, _interface.Device.Address.Value, 1, 3)!.Value);
        // A second of idgen_delay, the random wait, and a second for objections.
        _network.Pass(TimeSpan.FromSeconds(1.9));
        second.IsTentative.ShouldBeTrue();
        _network.Pass(TimeSpan.FromSeconds(1.2));
        second.IsTentative.ShouldBeFalse();
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("2", 1)]
    public void Beside_a_public_address_stands_a_temporary_one_and_the_setting_or_the_socket_chooses(string setting, int count)
    {
        Set("use_tempaddr", setting);
        Advertise(86400, 14400);
        Temporaries.Length.ShouldBe(count);
        if (count == 0) return;
        LocalAddress temporary = Temporaries[0];
        temporary.Address.High.ShouldBe(Public.Address.High);
        temporary.Address.Low.ShouldNotBe(Public.Address.Low);
        Choose(SourcePreferences.None).ShouldBe(setting == "2" ? temporary.Address : Public.Address);
        Choose(SourcePreferences.Temporary).ShouldBe(temporary.Address);
        Choose(SourcePreferences.Public).ShouldBe(Public.Address);
    }

    [Fact]
    public void A_temporary_address_is_followed_by_the_next_before_it_is_deprecated_and_ends_in_time()
    {
        Set("use_tempaddr", "2");
        Set("temp_prefered_lft", "3600");
        Set("temp_valid_lft", "7200");
        Set("max_desync_factor", "0");
        Advertise(uint.MaxValue, uint.MaxValue);
        IpAddress first = Temporaries.ShouldHaveSingleItem().Address;
        // Five seconds before: two, and three checks of one second.
        _network.Pass(TimeSpan.FromSeconds(3594));
        Temporaries.Length.ShouldBe(1);
        _network.Pass(TimeSpan.FromSeconds(1));
        IpAddress second = Temporaries.Single(address => address.Address != first).Address;
        Temporaries.ShouldAllBe(static address => !address.IsDeprecated);
        _network.Pass(TimeSpan.FromSeconds(5));
        _interface.FindAddress(first)!.IsDeprecated.ShouldBeTrue();
        Choose(SourcePreferences.None).ShouldBe(second);
        _network.Pass(TimeSpan.FromSeconds(3600));
        _interface.FindAddress(first).ShouldBeNull();
        Temporaries.Length.ShouldBe(2);
        // A day later there are still two or three, and the public one is what it was.
        _network.Pass(TimeSpan.FromDays(1));
        Temporaries.Length.ShouldBeInRange(2, 3);
        Public.IsDeprecated.ShouldBeFalse();
        _network.Do(() => _interface.RemoveAddress(Public.Address)).ShouldBe(Errno.None);
        Temporaries.ShouldBeEmpty();
    }

    [Fact]
    public void A_temporary_address_lives_no_longer_than_its_public_one_and_not_for_seconds()
    {
        Set("use_tempaddr", "1");
        Advertise(100, 5);
        Temporaries.ShouldBeEmpty();
        Advertise(100, 50);
        Temporaries.Length.ShouldBe(1);
        _network.Pass(TimeSpan.FromSeconds(51));
        Temporaries.ShouldAllBe(static address => address.IsDeprecated);
        _network.Pass(TimeSpan.FromSeconds(50));
        _interface.Addresses.ShouldAllBe(static address => address.Address.IsLinkLocal || address.Address.IsIPv4);
    }

    [Fact]
    public void Temporary_addresses_that_are_all_taken_are_given_up()
    {
        Set("use_tempaddr", "1");
        Set("accept_dad", "1");
        Advertise(86400, 14400);
        for (int i = 0; i < 3; i++)
        {
            _network.Pass(TimeSpan.FromSeconds(1));
            Claim(Temporaries.ShouldHaveSingleItem().Address);
        }
        Temporaries.ShouldBeEmpty();
        _interface.Settings.IPv6.UseTempAddr.Value.ShouldBe(-1);
        _host.Log.Lines.Last().Text.ShouldContain("regeneration time exceeded");
        _network.Pass(TimeSpan.FromSeconds(3));
        Public.IsTentative.ShouldBeFalse();
    }

    [Fact]
    public void A_router_cannot_fill_the_interface_with_addresses()
    {
        Set("max_addresses", "3");
        for (int i = 1; i < 6; i++) Advertise(86400, 14400, new IpPrefix(IpAddress.Parse($"2001:db8:{i}::"), 64));
        _interface.Addresses.Count(static address => address.Address.IsIPv6).ShouldBe(3);
    }

    [Fact]
    public void An_optimistic_address_takes_packets_while_it_is_checked_but_is_no_source_unless_that_is_wanted()
    {
        Set("accept_dad", "1");
        Set("optimistic_dad", "1");
        Advertise(86400, 14400);
        LocalAddress address = Public;
        (address.IsTentative, address.IsOptimistic).ShouldBe((false, true));
        _host.Interfaces.IsLocal(address.Address).ShouldBeTrue();
        _network.Do(() => _interface.AddAddress(IpPrefix.Parse("2001:db8:7::7/64"))).ShouldBe(Errno.None);
        _network.Do(() => _interface.FindAddress(IpAddress.Parse("2001:db8:7::7"))!.SetDeprecated(true));
        _network.Pass(TimeSpan.FromSeconds(0.5));
        _peer.Take();
        // The answer to who asks for it does not replace what the asker knows.
        Ask(address.Address);
        FlagsOfAdvertisement().ShouldBe(0x40);
        Set("use_optimistic", "1");
        Choose(SourcePreferences.None).ShouldBe(address.Address);
        _network.Pass(TimeSpan.FromSeconds(1));
        (address.IsTentative, address.IsOptimistic).ShouldBe((false, false));
        Ask(address.Address);
        FlagsOfAdvertisement().ShouldBe(0x60);
    }

    [Fact]
    public void An_optimistic_address_that_somebody_has_is_used_no_more()
    {
        Set("accept_dad", "1");
        Set("optimistic_dad", "1");
        _network.Do(() => { _interface.SetUp(false); _interface.SetUp(true); });
        LocalAddress own = _interface.Addresses.Single(static address => address.Address.IsLinkLocal);
        own.IsOptimistic.ShouldBeTrue();
        _interface.LinkLocalAddress.IsUnspecified.ShouldBeTrue();
        Claim(own.Address);
        (own.IsOptimistic, own.IsTentative, own.IsDuplicate).ShouldBe((false, true, true));
        _host.Interfaces.IsLocal(own.Address).ShouldBeFalse();
        _host.Routes.Find(own.Address, _interface.Index)?.Kind.ShouldNotBe(RouteKind.Local);
    }

    [Fact]
    public void Routers_are_not_optimistic()
    {
        Set("accept_dad", "1");
        Set("optimistic_dad", "1");
        _network.Do(() => _host.Sysctl.Set("net.ipv6.conf.all.forwarding", "1")).ShouldBe(Errno.None);
        _network.Do(() => { _interface.SetUp(false); _interface.SetUp(true); });
        _interface.Addresses.ShouldHaveSingleItem().IsTentative.ShouldBeTrue();
    }

    private void Set(string name, string value) => _network.Do(() => _host.Sysctl.Set("net.ipv6.conf.eth0." + name, value)).ShouldBe(Errno.None);

    private IpAddress Choose(SourcePreferences preferences) => _network.Do(() => SourceSelection.SelectIPv6(_interface, Far, preferences));

    private void Advertise(uint valid, uint preferred, IpPrefix? prefix = null)
    {
        var message = new byte[RouterAdvertisementHeader.Length + 8 + PrefixInformation.Length];
        var options = new NeighborOptionsBuilder(message.AsSpan(RouterAdvertisementHeader.Length));
        options.AddLinkAddress(NeighborOptionKind.SourceLinkAddress, _peer.Address);
        options.AddPrefix(new PrefixInformation(prefix ?? Network, true, true, valid, preferred));
        new RouterAdvertisementHeader(0, 1800).Write(message, Router, AllNodes);
        _peer.Send(new Ipv6Header(Router, AllNodes, IpProtocolNumber.Icmpv6) { HopLimit = 255 }, message, MacAddress.ForMulticast(AllNodes));
    }

    /// <summary>Solicited and override of the one neighbour advertisement since the last look.</summary>
    private int FlagsOfAdvertisement()
    {
        const int Ipv6 = EthernetHeader.UntaggedLength, Message = Ipv6 + Ipv6Header.Length;
        byte[] answer = _peer.Received.Where(static frame => frame.Length > Message + 4 && frame[Ipv6 + 6] == 58 && frame[Message] == (byte)Icmpv6Type.NeighborAdvertisement).ShouldHaveSingleItem();
        _peer.Take();
        return answer[Message + 4] & 0x60;
    }

    private void Claim(IpAddress address)
    {
        var claim = new byte[NeighborAdvertisementHeader.Length + 8];
        new NeighborOptionsBuilder(claim.AsSpan(NeighborAdvertisementHeader.Length)).AddLinkAddress(NeighborOptionKind.TargetLinkAddress, _peer.Address);
        new NeighborAdvertisementHeader(address, IsRouter: false, IsSolicited: false, IsOverride: true).Write(claim, address, AllNodes);
        _peer.Send(new Ipv6Header(address, AllNodes, IpProtocolNumber.Icmpv6) { HopLimit = 255 }, claim, MacAddress.ForMulticast(AllNodes));
    }

    private void Ask(IpAddress target)
    {
        var question = new byte[NeighborSolicitationHeader.Length + 8];
        new NeighborOptionsBuilder(question.AsSpan(NeighborSolicitationHeader.Length)).AddLinkAddress(NeighborOptionKind.SourceLinkAddress, _peer.Address);
        IpAddress group = GroupTable.SolicitedNodeOf(target);
        new NeighborSolicitationHeader(target).Write(question, Router, group);
        _peer.Send(new Ipv6Header(Router, group, IpProtocolNumber.Icmpv6) { HopLimit = 255 }, question, MacAddress.ForMulticast(group));
    }
}
