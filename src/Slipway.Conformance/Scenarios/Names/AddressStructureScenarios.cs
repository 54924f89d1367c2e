using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Slipway.Sockets;
using static Slipway.Sockets.StructureLayout;

namespace Slipway.Conformance;

/// <summary>How long address structures may be, as the system's calls see them (section ADDR).</summary>
public static class AddressStructureScenarios
{
    /// <summary>sockaddr_in6 has 28 bytes; 24, without the scope, are enough to bind.</summary>
    [Scenario("ADDR-03")]
    public static void IPv6Structure(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        byte[] loopback = InetAddress.LoopbackIPv6().ToSockAddr();
        Expect.Equal(StructureLayout.SockAddrIn6Size, loopback.Length);
        Expect.Equal((byte)1, loopback[StructureLayout.Sin6AddressOffset + StructureLayout.In6AddrSize - 1]);
        Expect.Fails(Errno.EINVAL, host.Sockets.Bind(socket.Descriptor, loopback.AsSpan(0, StructureLayout.SockAddrIn6MinimumSize - 1)));
        Expect.Success(host.Sockets.Bind(socket.Descriptor, loopback.AsSpan(0, StructureLayout.SockAddrIn6MinimumSize)));
        byte[] room = new byte[64];
        int length = room.Length;
        Expect.Success(host.Sockets.GetSockName(socket.Descriptor, room, ref length));
        Expect.Equal(StructureLayout.SockAddrIn6Size, length);
    }

    /// <summary>sockaddr_storage is the longest address that a call takes.</summary>
    [Scenario("ADDR-04")]
    public static void Storage(HostProcess host)
    {
        byte[] room = new byte[StructureLayout.SockAddrStorageSize + 1];
        InetAddress.LoopbackIPv4().Write(room);
        using Socket socket = host.Udp();
        Expect.Fails(Errno.EINVAL, host.Sockets.Bind(socket.Descriptor, room));
        Expect.Success(host.Sockets.Bind(socket.Descriptor, room.AsSpan(0, StructureLayout.SockAddrStorageSize)));
    }

    /// <summary>sockaddr_un has 110 bytes, 108 of them path: one more is refused.</summary>
    [Scenario("ADDR-05")]
    public static void LocalStructure(HostProcess host)
    {
        Expect.Equal(StructureLayout.SockAddrUnSize, StructureLayout.SunPathOffset + StructureLayout.SunPathSize);
        byte[] name = new byte[StructureLayout.SockAddrUnSize + 1];
        name[0] = (byte)AddressFamily.Unix; // then a NUL: an abstract name of 107 bytes
        using Socket socket = host.Sockets.Open(AddressFamily.Unix, SocketType.Datagram);
        Expect.Fails(Errno.EINVAL, host.Sockets.Bind(socket.Descriptor, name));
        Expect.Success(host.Sockets.Bind(socket.Descriptor, name.AsSpan(0, StructureLayout.SockAddrUnSize)));
    }

    /// <summary>Names in AF_UNIX have the length that they were given; an empty one is made up by the kernel.</summary>
    [Scenario("ADDR-20")]
    public static void LocalNameLengths(HostProcess host)
    {
        Expect.Equal(2, LocalName(host, []).Length);
        Expect.Equal(7, LocalName(host, [1, 0, 0, (byte)'a', (byte)'b', (byte)'c', (byte)(host.Id & 0x7F)]).Length);
        byte[] made = LocalName(host, [1, 0]);
        Expect.Equal(8, made.Length);
        Expect.Equal((byte)0, made[2]);
        foreach (byte digit in made.AsSpan(3)) Expect.True(char.IsAsciiHexDigit((char)digit));
    }

    private static byte[] LocalName(HostProcess host, ReadOnlySpan<byte> name)
    {
        using Socket socket = host.Sockets.Open(AddressFamily.Unix, SocketType.Datagram);
        if (!name.IsEmpty) Expect.Success(host.Sockets.Bind(socket.Descriptor, name));
        byte[] room = new byte[StructureLayout.SockAddrStorageSize];
        int length = room.Length;
        Expect.Success(host.Sockets.GetSockName(socket.Descriptor, room, ref length));
        return room[..length];
    }

    /// <summary>Sizes and offsets of the address structures.</summary>
    [Scenario("ADDR-01", "ADDR-02", "ADDR-03", "ADDR-04", "ADDR-05", "DATA-20", "NAME-14")]
    public static void Structures(HostProcess host)
    {
        Expect.Equal((16, 16, 28, 128, 110), (SockAddrSize, SockAddrInSize, SockAddrIn6Size, SockAddrStorageSize, SockAddrUnSize));
        Expect.Equal((2, 4), (FamilySize, LengthSize));
        Expect.Equal((56, 16, 48), (MsgHdrSize, CmsgHdrSize, AddrInfoSize));
        Expect.Equal(PollFdSize, Marshal.SizeOf<PollEntry>());
        Expect.Equal(FdSetSize, new DescriptorSet().Words.Length * sizeof(ulong));
        var address = InetAddress.IPv6([0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9], 0x1234, scopeId: 0x0A0B0C0D, flowInfo: 0x01020304);
        byte[] bytes = address.ToSockAddr();
        Expect.Equal(SockAddrIn6Size, bytes.Length);
        Expect.Bytes([10, 0, 0x12, 0x34, 1, 2, 3, 4], bytes.AsSpan(0, 8));
        Expect.Equal((byte)9, bytes[Sin6AddressOffset + 15]);
        Expect.Equal(0x0A0B0C0Du, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(Sin6ScopeIdOffset)));
        Expect.True(InetAddress.TryRead(bytes, out InetAddress again));
        Expect.Equal(address, again);
        Expect.True(InetAddress.TryRead(bytes.AsSpan(0, 24), out _));
        Expect.True(!InetAddress.TryRead(bytes.AsSpan(0, 23), out _));
    }
}
