using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Network and host byte order (section ORD).</summary>
public static class ByteOrderScenarios
{
    /// <summary>Ports and addresses are in network order in the structure, family and scope in host order.</summary>
    [Scenario("ORD-05")]
    public static void OrderOfFields(HostProcess host)
    {
        byte[] bytes = InetAddress.IPv6([0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 0x1234, scopeId: 3, flowInfo: 0x01020304).ToSockAddr();
        Expect.Equal((ushort)AddressFamily.Inet6, MemoryMarshal.Read<ushort>(bytes));
        Expect.Equal((ushort)0x1234, BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(StructureLayout.Sin6PortOffset)));
        Expect.Equal(0x01020304u, BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(StructureLayout.Sin6FlowInfoOffset)));
        Expect.Equal(3u, MemoryMarshal.Read<uint>(bytes.AsSpan(StructureLayout.Sin6ScopeIdOffset)));
        // Here a service's port is a number of the host: 4000 finds what C finds under htons(4000), and the swapped one finds nothing.
        NameService names = ScenarioFiles.Usual().On(host);
        Expect.Equal("ruptime", names.Services.ByPort(4000)?.Name);
        Expect.Equal(null, names.Services.ByPort(BinaryPrimitives.ReverseEndianness((ushort)4000)));
    }

    /// <summary>Numbers of networks are in host order.</summary>
    [Scenario("ORD-06")]
    public static void Networks(HostProcess host)
    {
        Expect.Equal(0x7F000000u, ScenarioFiles.Usual().On(host).Networks.ByName("loopback")!.Number);
        Expect.Equal(0x7F000000u, InetText.ParseNetwork("127.0.0.0"));
        Expect.Equal(0x0A07u, InetText.ParseNetwork("10.7"));
    }

    /// <summary>A port lies in memory with its high byte first.</summary>
    [Scenario("ORD-01", "ORD-05", "ADDR-02")]
    public static void PortInMemory(HostProcess host)
    {
        byte[] bytes = new InetAddress("1.2.3.4", 0x1234).ToSockAddr();
        Expect.Bytes([2, 0, 0x12, 0x34, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0], bytes);
        using Socket socket = host.Udp();
        socket.Bind(InetAddress.LoopbackIPv4(0x9234));
        byte[] name = new byte[16];
        int length = 16;
        Expect.Success(host.Sockets.GetSockName(socket.Descriptor, name, ref length));
        Expect.Bytes([2, 0, 0x92, 0x34, 127, 0, 0, 1], name.AsSpan(0, 8));
    }

    /// <summary>Each conversion is its own inverse; 16 bits stay 16 bits.</summary>
    [Scenario("ORD-02", "ORD-03", "ORD-04")]
    public static void Conversions(HostProcess host)
    {
        Expect.Equal(BitConverter.IsLittleEndian ? 0x0403_0201u : 0x0102_0304u, ByteOrder.HostToNetworkUInt32(0x0102_0304));
        Expect.Equal(BitConverter.IsLittleEndian ? (ushort)0x0201 : (ushort)0x0102, ByteOrder.HostToNetworkUInt16(0x0102));
        Expect.Equal(0xDEAD_BEEF, ByteOrder.NetworkToHostUInt32(ByteOrder.HostToNetworkUInt32(0xDEAD_BEEF)));
        ushort port = ByteOrder.NetworkToHostUInt16(ByteOrder.HostToNetworkUInt16(0xBEEF));
        Expect.Equal((ushort)0xBEEF, port);
        Expect.Equal(BitConverter.IsLittleEndian, ByteOrder.IsLittleEndian);
    }
}
