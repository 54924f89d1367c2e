using System.Globalization;
using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>The kernel as the judge of IGMP and MLD: it answers our router's questions, changes its version by them, and its datagrams to groups come to who has joined.</summary>
public sealed class KernelGroupTests
{
    private static readonly InetAddress Group = new("239.7.7.7", 5000), Group6 = new("ff15::77", 5000);

    [TunTheory]
    [InlineData(3, 2)]
    [InlineData(2, 1)]
    public void The_kernel_tells_our_router_what_it_joins_and_leaves(int igmp, int mld)
    {
        using var peer = new KernelPeer(isEthernet: true);
        NetworkInterface device = DeviceOf(peer);
        using (peer.Host.Loop.Enter())
        {
            device.SetQuerier(new QuerierSettings
            {
                IgmpVersion = igmp,
                MldVersion = mld,
                Interval = TimeSpan.FromSeconds(2),
                Response = TimeSpan.FromMilliseconds(200),
                LastMemberInterval = TimeSpan.FromMilliseconds(100),
            });
        }
        Until(peer, "the kernel speaks the router's version", () => VersionOf(peer) == igmp);
        foreach (InetAddress group in new[] { Group, Group6 })
        {
            string address = group.ToIPEndPoint().Address.ToString();
            using Socket member = peer.Kernel.Open(group.Family, SocketType.Datagram);
            member.JoinGroup(group, IndexOf(peer));
            Until(peer, $"{address} is known", () => Known(peer, device).Contains(address));
            member.LeaveGroup(group, IndexOf(peer));
            Until(peer, $"{address} is forgotten", () => !Known(peer, device).Contains(address));
        }
    }

    [TunFact]
    public void Sources_that_the_kernel_joins_are_known_too()
    {
        using var peer = new KernelPeer(isEthernet: true);
        NetworkInterface device = DeviceOf(peer);
        using (peer.Host.Loop.Enter()) device.SetQuerier(new QuerierSettings { Interval = TimeSpan.FromSeconds(2), Response = TimeSpan.FromMilliseconds(200), LastMemberInterval = TimeSpan.FromMilliseconds(100) });
        using Socket member = peer.Kernel.Open(AddressFamily.Inet, SocketType.Datagram);
        member.JoinSourceGroup(Group, new InetAddress("10.0.0.2", 0), IndexOf(peer));
        Until(peer, "the group is known", () => Known(peer, device).Contains("239.7.7.7"));
    }

    [TunTheory]
    [InlineData(AddressFamily.Inet)]
    [InlineData(AddressFamily.Inet6)]
    public void Datagrams_to_a_group_pass_both_ways(AddressFamily family)
    {
        using var peer = new KernelPeer(isEthernet: true);
        InetAddress group = family == AddressFamily.Inet ? Group : Group6;
        using Socket ours = Member(peer.Stack, group, DeviceOf(peer).Index), kernels = Member(peer.Kernel, group, IndexOf(peer));
        using Socket fromUs = Sender(peer.Stack, family, DeviceOf(peer).Index), fromKernel = Sender(peer.Kernel, family, IndexOf(peer));
        byte[] buffer = new byte[16];
        fromUs.SendTo("from us"u8, group);
        fromKernel.SendTo("from them"u8, group);
        // Each end also hears itself.
        new[] { kernels.Receive(buffer), kernels.Receive(buffer) }.Order().ShouldBe([7, 9]);
        new[] { ours.Receive(buffer), ours.Receive(buffer) }.Order().ShouldBe([7, 9]);
    }

    private static Socket Member(SocketSystem system, InetAddress group, int interfaceIndex)
    {
        Socket socket = system.Open(group.Family, SocketType.Datagram);
        socket.SetOption(SocketOptions.ReceiveTimeout, TimeSpan.FromSeconds(30));
        socket.Bind(group.Family == AddressFamily.Inet ? InetAddress.AnyIPv4(group.Port) : InetAddress.AnyIPv6(group.Port));
        socket.JoinGroup(group, interfaceIndex);
        return socket;
    }

    private static Socket Sender(SocketSystem system, AddressFamily family, int interfaceIndex)
    {
        Socket socket = system.Open(family, SocketType.Datagram);
        socket.SetMulticastInterface(interfaceIndex);
        return socket;
    }

    private static NetworkInterface DeviceOf(KernelPeer peer)
    {
        using (peer.Host.Loop.Enter()) return peer.Host.Interfaces.Find(KernelPeer.Device)!;
    }

    private static int IndexOf(KernelPeer peer) => peer.Kernel.InterfaceIndex(KernelPeer.Device);

    private static string[] Known(KernelPeer peer, NetworkInterface device)
    {
        using (peer.Host.Loop.Enter()) return [.. device.QueriedGroups.Select(static group => group.ToString())];
    }

    /// <summary>What /proc/net/igmp calls the querier of the device: V1, V2 or V3.</summary>
    private static int VersionOf(KernelPeer peer)
    {
        using NetworkNamespace.Visit visit = peer.Namespace.Enter();
        string line = File.ReadLines("/proc/thread-self/net/igmp").Single(static line => line.Contains(KernelPeer.Device, StringComparison.Ordinal));
        return int.Parse(line.AsSpan(line.IndexOf('V', StringComparison.Ordinal) + 1, 1), CultureInfo.InvariantCulture);
    }

    /// <summary>The kernel's timers run on the machine's clock: there is nothing to do but to look again.</summary>
    private static void Until(KernelPeer peer, string what, Func<bool> condition)
    {
        using Socket pause = peer.Kernel.Open(AddressFamily.Inet, SocketType.Datagram);
        for (int i = 0; i < 3000; i++)
        {
            if (condition()) return;
            pause.Poll(PollEvents.POLLIN, TimeSpan.FromMilliseconds(10));
        }
        throw new TimeoutException($"not seen: {what}");
    }
}
