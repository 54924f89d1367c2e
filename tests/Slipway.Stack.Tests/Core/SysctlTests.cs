using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class SysctlTests
{
    private readonly Sysctl _tree = new();

    /// <summary>PROC-01 to PROC-08: what a new host shows.</summary>
    [Theory]
    [InlineData("net.core.rmem_default", "212992")]
    [InlineData("net.core.rmem_max", "4194304")]
    [InlineData("net.core.wmem_default", "212992")]
    [InlineData("net.core.wmem_max", "4194304")]
    [InlineData("net.core.message_cost", "5")]
    [InlineData("net.core.message_burst", "10")]
    [InlineData("net.core.netdev_max_backlog", "1000")]
    [InlineData("net.core.optmem_max", "131072")]
    [InlineData("net.core.somaxconn", "4096")]
    [InlineData("net.core.busy_read", "0")]
    [InlineData("net.core.busy_poll", "0")]
    [InlineData("net.ipv4.ip_local_port_range", "32768\t60999")]
    [InlineData("net.ipv4.ping_group_range", "1\t0")]
    [InlineData("net.ipv4.ip_local_reserved_ports", "")]
    [InlineData("net.ipv4.icmp_ratemask", "6168")]
    [InlineData("net.ipv4.route.min_pmtu", "552")]
    [InlineData("net.ipv6.icmp.ratelimit", "100")]
    public void A_new_host_has_the_kernels_defaults(string path, string text)
    {
        _tree.Get(path, out string value).ShouldBe(Errno.None);
        value.ShouldBe(text);
    }

    [Theory]
    [InlineData("net.ipv4.ip_forward")]
    [InlineData("net/ipv4/ip_forward")]
    [InlineData("/proc/sys/net/ipv4/ip_forward")]
    [InlineData("net.ipv4.conf.all.forwarding")]
    public void A_path_may_be_written_in_every_usual_way(string path)
    {
        _tree.Set(path, "1").ShouldBe(Errno.None);

        _tree.IPv4.Forward.IsOn.ShouldBeTrue();
    }

    [Fact]
    public void An_interface_with_a_dot_in_its_name_is_reached_by_slashes_or_by_a_slash_for_the_dot()
    {
        InterfaceSysctl vlan = _tree.AddInterface("eth0.5");

        _tree.Set("net/ipv4/conf/eth0.5/forwarding", "1").ShouldBe(Errno.None);
        vlan.IPv4.Forwarding.Value.ShouldBe(1);
        _tree.Set("net.ipv4.conf.eth0/5.forwarding", "0").ShouldBe(Errno.None);
        vlan.IPv4.Forwarding.Value.ShouldBe(0);
    }

    [Fact]
    public void Unknown_names_and_directories_are_refused()
    {
        _tree.Get("net.ipv4.no_such_thing", out _).ShouldBe(Errno.ENOENT);
        _tree.Set("net.core.rmem", "1").ShouldBe(Errno.ENOENT);
        _tree.Set("net.ipv4", "1").ShouldBe(Errno.EISDIR);
        _tree.Get("net/ipv4/conf/all/", out _).ShouldBe(Errno.EISDIR);
    }

    /// <summary>Each line was asked of Linux 6.18 by a write to the file.</summary>
    [Theory]
    [InlineData("net.ipv4.ip_default_ttl", "0", Errno.EINVAL, "64")]
    [InlineData("net.ipv4.ip_default_ttl", "256", Errno.EINVAL, "64")]
    [InlineData("net.ipv4.ip_default_ttl", "255", Errno.None, "255")]
    [InlineData("net.ipv4.ip_default_ttl", " 12 \n", Errno.None, "12")]
    [InlineData("net.ipv4.ip_default_ttl", "0x40", Errno.None, "64")]
    [InlineData("net.ipv4.ip_default_ttl", "010", Errno.None, "8")]
    [InlineData("net.ipv4.ip_default_ttl", "12a", Errno.EINVAL, "64")]
    [InlineData("net.ipv4.ip_default_ttl", "12 13", Errno.None, "12")]
    [InlineData("net.ipv4.ip_default_ttl", "-1", Errno.EINVAL, "64")]
    [InlineData("net.ipv4.ip_default_ttl", "", Errno.None, "64")]
    [InlineData("net.ipv4.ip_default_ttl", "\n", Errno.EINVAL, "64")]
    [InlineData("net.ipv4.ip_default_ttl", "99999999999999999999", Errno.EINVAL, "64")]
    [InlineData("net.ipv4.udp_mem", "1 2 3 4", Errno.None, "1\t2\t3")]
    [InlineData("net.ipv4.udp_mem", "5 6", Errno.None, "5\t6\t1151598")]
    [InlineData("net.ipv4.udp_mem", "8 x", Errno.EINVAL, "8\t767734\t1151598")]
    [InlineData("net.ipv4.udp_mem", "-1 5 6", Errno.EINVAL, "575799\t767734\t1151598")]
    [InlineData("net.ipv4.ip_local_port_range", "1024 2000 3000", Errno.None, "1024\t2000")]
    [InlineData("net.ipv4.ip_local_port_range", "500 1000", Errno.EINVAL, "32768\t60999")]
    [InlineData("net.ipv4.ip_local_port_range", "1 65535", Errno.EINVAL, "32768\t60999")]
    [InlineData("net.ipv4.ip_local_port_range", "40000 35000", Errno.EINVAL, "32768\t60999")]
    [InlineData("net.ipv4.ip_local_port_range", "70000 80000", Errno.EINVAL, "32768\t60999")]
    [InlineData("net.ipv4.ip_unprivileged_port_start", "0", Errno.None, "0")]
    [InlineData("net.ipv4.ip_unprivileged_port_start", "65535", Errno.EINVAL, "1024")]
    [InlineData("net.ipv4.ip_local_reserved_ports", "8080,9148", Errno.None, "8080,9148")]
    [InlineData("net.ipv4.ip_local_reserved_ports", "1-5,3-8", Errno.None, "1-8")]
    [InlineData("net.ipv4.ip_local_reserved_ports", "1,2,3,5", Errno.None, "1-3,5")]
    [InlineData("net.ipv4.ip_local_reserved_ports", "70000", Errno.EINVAL, "")]
    [InlineData("net.ipv4.ip_local_reserved_ports", "5-1", Errno.EINVAL, "")]
    [InlineData("net.ipv4.ip_local_reserved_ports", " 7 , 8", Errno.EINVAL, "")]
    [InlineData("net.ipv4.ip_local_reserved_ports", "\n", Errno.None, "")]
    [InlineData("net.ipv4.ping_group_range", "0 4294967294", Errno.None, "0\t4294967294")]
    [InlineData("net.ipv4.ping_group_range", "5 3", Errno.None, "1\t0")]
    [InlineData("net.ipv4.ping_group_range", "0 4294967295", Errno.EINVAL, "1\t0")]
    [InlineData("net.ipv4.ip_forward", "-5", Errno.None, "-5")]
    [InlineData("net.ipv4.route.min_pmtu", "67", Errno.EINVAL, "552")]
    [InlineData("net.ipv4.route.min_pmtu", "68", Errno.None, "68")]
    [InlineData("net.ipv4.route.mtu_expires", "2147483647", Errno.EINVAL, "600")]
    [InlineData("net.ipv4.ipfrag_high_thresh", "3000000", Errno.EINVAL, "4194304")]
    [InlineData("net.ipv4.ipfrag_low_thresh", "5194304", Errno.EINVAL, "3145728")]
    [InlineData("net.ipv4.icmp_echo_ignore_all", "2", Errno.EINVAL, "0")]
    [InlineData("net.ipv4.icmp_ratemask", "4294967295", Errno.EINVAL, "6168")]
    [InlineData("net.ipv6.conf.all.hop_limit", "0", Errno.EINVAL, "64")]
    [InlineData("net.ipv6.conf.all.hop_limit", "256", Errno.EINVAL, "64")]
    public void Text_is_read_and_ranges_are_kept_as_the_kernel_does(string path, string text, Errno error, string after)
    {
        _tree.Set(path, text).ShouldBe(error);

        _tree.Get(path, out string value);
        value.ShouldBe(after);
    }

    [Fact]
    public void Every_default_lies_in_its_own_range_and_can_be_written_back()
    {
        _tree.AddInterface("eth0");
        foreach ((string path, SysctlEntry entry) in _tree.Paths.ToArray())
        {
            entry.Text.ShouldBe(entry.DefaultText, path);
            // A secret that was not set cannot be written as none either.
            Errno expected = entry.Range == "read only" ? Errno.EACCES : entry is SysctlSecret ? Errno.EIO : Errno.None;
            entry.Set(entry.Text.Length == 0 ? "\n" : entry.Text).ShouldBe(expected, path);
            entry.Text.ShouldBe(entry.DefaultText, path);
            entry.Meaning.ShouldNotBeEmpty();
            entry.Range.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void A_new_interface_begins_with_the_defaults_of_that_moment()
    {
        _tree.Set("net.ipv4.conf.default.rp_filter", "2");
        _tree.Set("net.ipv6.conf.default.hop_limit", "33");
        _tree.Set("net.ipv4.neigh.default.retrans_time_ms", "250");

        InterfaceSysctl eth0 = _tree.AddInterface("eth0");

        eth0.IPv4.RpFilter.Value.ShouldBe(2);
        eth0.IPv6.HopLimit.Value.ShouldBe(33);
        eth0.NeighborIPv4.RetransTimeMs.Value.ShouldBe(250);
        eth0.NeighborIPv6.RetransTimeMs.Value.ShouldBe(1000);
    }

    [Fact]
    public void A_new_IPv4_default_reaches_interfaces_whose_own_value_was_never_set_and_a_new_IPv6_default_none()
    {
        InterfaceSysctl untouched = _tree.AddInterface("eth0"), touched = _tree.AddInterface("eth1");
        _tree.Set("net.ipv4.conf.eth1.rp_filter", "1");

        _tree.Set("net.ipv4.conf.default.rp_filter", "2");
        _tree.Set("net.ipv6.conf.default.hop_limit", "33");

        untouched.IPv4.RpFilter.Value.ShouldBe(2);
        touched.IPv4.RpFilter.Value.ShouldBe(1);
        untouched.IPv6.HopLimit.Value.ShouldBe(64);
    }

    [Fact]
    public void Forwarding_for_all_sets_every_interface_and_the_default()
    {
        InterfaceSysctl eth0 = _tree.AddInterface("eth0");

        _tree.Set("net.ipv4.ip_forward", "1");
        _tree.Set("net.ipv6.conf.all.forwarding", "1");
        _tree.Set("net.ipv6.conf.all.disable_ipv6", "1");

        eth0.IPv4.Forwarding.IsOn.ShouldBeTrue();
        eth0.IPv6.Forwarding.IsOn.ShouldBeTrue();
        eth0.IPv6.DisableIPv6.IsOn.ShouldBeTrue();
        InterfaceSysctl eth1 = _tree.AddInterface("eth1");
        eth1.IPv4.Forwarding.IsOn.ShouldBeTrue();
        eth1.IPv6.DisableIPv6.IsOn.ShouldBeTrue();
        _tree.Set("net.ipv4.conf.eth0.forwarding", "0");
        eth1.IPv4.Forwarding.IsOn.ShouldBeTrue();
        _tree.IPv4.Forward.IsOn.ShouldBeTrue();
    }

    [Fact]
    public void The_IPv6_mtu_follows_the_device_and_is_bounded_by_it()
    {
        InterfaceSysctl eth0 = _tree.AddInterface("eth0");
        eth0.IPv6.FollowDeviceMtu(1500);

        _tree.Set("net.ipv6.conf.eth0.mtu", "1501").ShouldBe(Errno.EINVAL);
        _tree.Set("net.ipv6.conf.eth0.mtu", "1279").ShouldBe(Errno.EINVAL);
        _tree.Set("net.ipv6.conf.eth0.mtu", "1400").ShouldBe(Errno.None);
        eth0.IPv6.Mtu.Value.ShouldBe(1400);
    }

    [Fact]
    public void An_interface_that_goes_takes_its_entries_along()
    {
        _tree.AddInterface("eth0");
        _tree.AddInterface("eth01");
        Should.Throw<ArgumentException>(() => _tree.AddInterface("eth0"));

        _tree.RemoveInterface("eth0");

        _tree.Get("net.ipv4.conf.eth0.forwarding", out _).ShouldBe(Errno.ENOENT);
        _tree.Get("net.ipv6.neigh.eth0.retrans_time_ms", out _).ShouldBe(Errno.ENOENT);
        _tree.Get("net.ipv4.conf.eth01.forwarding", out _).ShouldBe(Errno.None);
        _tree.AddInterface("eth0");
    }

    [Fact]
    public void Who_listens_is_told_of_each_change_and_not_of_refusals()
    {
        int told = 0;
        _tree.Core.NetdevMaxBacklog.Changed += _ => told++;
        _tree.IPv4.DefaultTtl.Changed += _ => told += 100;

        _tree.Set("net.core.netdev_max_backlog", "5");
        _tree.Core.NetdevMaxBacklog.Set(6).ShouldBe(Errno.None);
        _tree.IPv4.DefaultTtl.Set(0).ShouldBe(Errno.EINVAL);

        told.ShouldBe(2);
    }

    [FileFact("/proc/sys/net/ipv6/conf/all/forwarding")]
    public void Every_name_exists_on_the_kernel_too()
    {
        string[] missing = [.. _tree.Paths.Select(static p => "/proc/sys/" + p.Key).Where(static path => !File.Exists(path))];

        missing.ShouldBeEmpty();
    }
}
