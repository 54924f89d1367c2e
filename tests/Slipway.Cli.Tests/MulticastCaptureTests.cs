using Slipway.Lab;
using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Cli.Tests;

/// <summary>What our hosts and routers say by IGMP and MLD, read by Wireshark's parser.</summary>
public sealed class MulticastCaptureTests
{
    [TsharkFact]
    public void All_messages_of_all_versions_are_well_formed()
    {
        string file = Path.GetTempFileName();
        try
        {
            using (VirtualNetwork network = Talk()) network.Capture.Save(file, network.Links[0]);
            Tools.CountPackets(file, "_ws.malformed || ip.checksum.status == 0 || igmp.checksum.status == 0 || icmpv6.checksum.status == 0").ShouldBe(0);
            foreach (string kind in new[]
            {
                "igmp.type == 0x11 && igmp.version == 3", "igmp.type == 0x11 && igmp.version == 2", "igmp.type == 0x22", "igmp.type == 0x16", "igmp.type == 0x17",
                "icmpv6.type == 130", "icmpv6.type == 131", "icmpv6.type == 132", "icmpv6.type == 143", "igmp.record_type == 5", "igmp.record_type == 6", "igmp.record_type == 4",
                "ip.opt.ra && igmp", "ipv6.opt.router_alert && icmpv6.type == 143",
            })
            {
                Tools.CountPackets(file, kind).ShouldBeGreaterThan(0, kind);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Memberships of every kind, with a router of the newest versions and then one of older ones.</summary>
    private static VirtualNetwork Talk()
    {
        var network = new VirtualNetwork(seed: 5);
        Host router = network.AddRouter("router", "10.0.0.254/24"), host = network.AddHost("host", "10.0.0.1/24");
        network.Connect(router, host);
        foreach (QuerierSettings settings in new[] { new QuerierSettings(), new QuerierSettings { IgmpVersion = 2, MldVersion = 1 } })
        {
            router.StartQuerier(settings);
            host.Start("join", static process =>
            {
                int index = process.Sockets.InterfaceIndex("eth0");
                foreach (string group in new[] { "239.1.2.3", "ff15::7" })
                {
                    var joined = new InetAddress(group, 0);
                    bool isIPv4 = joined.Family == AddressFamily.Inet;
                    InetAddress one = new(isIPv4 ? "192.0.2.1" : "2001:db8::1", 0), two = new(isIPv4 ? "192.0.2.2" : "2001:db8::2", 0);
                    using Socket any = process.Sockets.Open(joined.Family, SocketType.Datagram), some = process.Sockets.Open(joined.Family, SocketType.Datagram);
                    some.JoinSourceGroup(joined, one, index);
                    process.Sleep(TimeSpan.FromSeconds(5));
                    some.JoinSourceGroup(joined, two, index);
                    process.Sleep(TimeSpan.FromSeconds(5));
                    some.LeaveSourceGroup(joined, one, index);
                    process.Sleep(TimeSpan.FromSeconds(5));
                    any.JoinGroup(joined, index);
                    process.Sleep(TimeSpan.FromSeconds(40));
                    any.BlockSource(joined, one, index);
                    process.Sleep(TimeSpan.FromSeconds(5));
                }
                process.Sleep(TimeSpan.FromSeconds(20));
            });
            network.Run();
        }
        return network;
    }
}
