using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>What scenarios about multicast do over and over: the structures of the options, and receivers that tell what they have not got.</summary>
public static class GroupSockets
{
    /// <summary>Index of the interface that has an address.</summary>
    public static int InterfaceOf(this HostProcess host, string address)
    {
        foreach (NetworkInterfaceInfo candidate in host.Sockets.GetInterfaces())
        {
            if (candidate.Addresses.Any(own => own.Address == new InetAddress(address, 0))) return candidate.Index;
        }
        throw new ExpectationException($"no interface has {address}");
    }

    /// <summary>A datagram socket bound to a port of the wildcard, which others may have too.</summary>
    public static Socket Receiver(this HostProcess host, ushort port, AddressFamily family = AddressFamily.Inet, string? address = null)
    {
        Socket socket = host.Udp(family);
        socket.SetSocketLevel(SO_REUSEADDR, 1);
        socket.Bind(new InetAddress(address ?? (family == AddressFamily.Inet ? "0.0.0.0" : "::"), port));
        socket.LimitReceive(TimeSpan.FromSeconds(10));
        return socket;
    }

    /// <summary>IP_ADD_MEMBERSHIP or another option whose value is addresses of IPv4: group, interface, and for some a source.</summary>
    public static Errno TryGroup(this Socket socket, int name, params string[] addresses)
    {
        var value = new byte[addresses.Length * 4];
        for (int i = 0; i < addresses.Length; i++) new InetAddress(addresses[i], 0).WriteAddress(value.AsSpan(i * 4));
        return socket.System.SetSockOpt(socket.Descriptor, IPPROTO_IP, name, value);
    }

    /// <summary>IPV6_ADD_MEMBERSHIP and its like: struct ipv6_mreq.</summary>
    public static Errno TryGroup6(this Socket socket, int name, string group, int interfaceIndex)
    {
        var value = new byte[20];
        new InetAddress(group, 0).WriteAddress(value);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(16), interfaceIndex);
        return socket.System.SetSockOpt(socket.Descriptor, IPPROTO_IPV6, name, value);
    }

    /// <summary>The next that the socket gets is a datagram sent to it now by <paramref name="sender"/>: so what was sent before by the same way did not come to it.</summary>
    public static void ExpectNothingFrom(this Socket receiver, Socket sender, string address)
    {
        sender.SendTextTo("nothing came", new InetAddress(address, receiver.LocalAddress.Port));
        Expect.Equal("nothing came", receiver.ReceiveText());
    }
}
