using System.Text;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>ioctl about interfaces: struct ifreq, 16 bytes of name and 24 of answer (netdevice(7)).</summary>
public sealed class InterfaceRequestTests
{
    private readonly PeerHost _net = new();
    private readonly Socket _socket;

    public InterfaceRequestTests() => _socket = TwoHosts.Udp(_net.System);

    [Theory]
    [InlineData("eth0", IoControl.SIOCGIFINDEX, "02000000")]
    [InlineData("eth0", IoControl.SIOCGIFMTU, "DC050000")]
    [InlineData("eth0", IoControl.SIOCGIFFLAGS, "4310")] // up, broadcast, running, multicast
    [InlineData("eth0", IoControl.SIOCGIFADDR, "0200 0000 0A000001 0000000000000000")]
    [InlineData("eth0", IoControl.SIOCGIFNETMASK, "0200 0000 FFFFFF00 0000000000000000")]
    [InlineData("eth0", IoControl.SIOCGIFBRDADDR, "0200 0000 0A0000FF 0000000000000000")]
    [InlineData("lo", IoControl.SIOCGIFINDEX, "01000000")]
    [InlineData("lo", IoControl.SIOCGIFMTU, "00000100")]
    [InlineData("lo", IoControl.SIOCGIFFLAGS, "4900")] // up, loopback, running
    [InlineData("lo", IoControl.SIOCGIFADDR, "0200 0000 7F000001 0000000000000000")]
    [InlineData("lo", IoControl.SIOCGIFNETMASK, "0200 0000 FF000000 0000000000000000")]
    [InlineData("lo", IoControl.SIOCGIFBRDADDR, "0200 0000 00000000 0000000000000000")]
    [InlineData("lo", IoControl.SIOCGIFHWADDR, "0403 000000000000")] // ARPHRD_LOOPBACK
    public void An_interface_answers(string name, uint request, string answer)
    {
        byte[] expected = PeerHost.Bytes(answer), structure = Request(name);
        _socket.Ioctl(request, structure).ShouldBe(0);
        structure[16..(16 + expected.Length)].ShouldBe(expected);
        structure[..16].ShouldBe(Request(name)[..16]);
    }

    [Fact]
    public void A_hardware_address_has_the_kind_of_the_link_before_it()
    {
        byte[] structure = Request("eth0"), address = new byte[6];
        _net.Peer.Link.A.Address.Write(address);
        _socket.Ioctl(IoControl.SIOCGIFHWADDR, structure);
        structure[16..24].ShouldBe([1, 0, .. address]);
    }

    [Fact]
    public void An_index_has_a_name()
    {
        byte[] structure = new byte[40];
        structure[16] = 2;
        _socket.Ioctl(IoControl.SIOCGIFNAME, structure);
        structure[..16].ShouldBe(Request("eth0")[..16]);
        structure[16] = 9;
        Try(IoControl.SIOCGIFNAME, structure).ShouldBe(Errno.ENODEV);
    }

    [Fact]
    public void A_missing_interface_an_address_that_is_not_there_and_too_little_room_are_refused()
    {
        Try(IoControl.SIOCGIFMTU, Request("eth7")).ShouldBe(Errno.ENODEV);
        Try(IoControl.SIOCGIFMTU, Request("eth0")[..39]).ShouldBe(Errno.EFAULT);
        _net.Network.Do(() => _net.Interface.RemoveAddress(PeerHost.Own4).ShouldBe(Errno.None));
        foreach (uint request in new[] { IoControl.SIOCGIFADDR, IoControl.SIOCGIFNETMASK, IoControl.SIOCGIFBRDADDR })
            Try(request, Request("eth0")).ShouldBe(Errno.EADDRNOTAVAIL);
    }

    [Fact] // FC-022
    public void The_list_has_an_entry_for_each_IPv4_address_in_the_room_that_there_is()
    {
        _net.Network.Do(() => _net.Interface.AddAddress(IpPrefix.Parse("192.0.2.9/28")).ShouldBe(Errno.None));
        byte[] all =
        [
            .. Request("lo")[..16], .. PeerHost.Bytes("0200 0000 7F000001 0000000000000000 0000000000000000"),
            .. Request("eth0")[..16], .. PeerHost.Bytes("0200 0000 0A000001 0000000000000000 0000000000000000"),
            .. Request("eth0")[..16], .. PeerHost.Bytes("0200 0000 C0000209 0000000000000000 0000000000000000"),
        ];
        _socket.Ioctl(IoControl.SIOCGIFCONF, default).ShouldBe(120);
        byte[] room = new byte[200];
        _socket.Ioctl(IoControl.SIOCGIFCONF, room).ShouldBe(120);
        room[..120].ShouldBe(all);
        room.AsSpan().Fill(0xEE);
        _socket.Ioctl(IoControl.SIOCGIFCONF, room.AsSpan(0, 119)).ShouldBe(80);
        room[..80].ShouldBe(all[..80]);
        room[80..].ShouldAllBe(static b => b == 0xEE);
    }

    private static byte[] Request(string name) => Encoding.ASCII.GetBytes(name.PadRight(40, '\0'));

    private Errno Try(uint request, byte[] structure) => _net.System.Ioctl(_socket.Descriptor, request, structure).Error;
}
