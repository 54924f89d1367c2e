using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Frames that a program makes, or has the device make (Linux packet_snd).</summary>
internal sealed partial class PacketSocket
{
    /// <inheritdoc/>
    public override CallResult Send(Caller caller, in SendMessage message, MessageFlags flags, ref int done)
    {
        if (_sendRing is not null)
        {
            _ringBytes = 0;
            return SendFromRing(caller, message, flags);
        }
        Errno error = FindDevice(message.Address, out NetworkInterface? device, out ushort protocol);
        if (error != Errno.None) return error;
        var overrides = new SendOverrides();
        error = overrides.ReadPacket(message.Control, this, caller.Process);
        if (error != Errno.None) return error;
        int length = LengthOf(message), header = VirtioLength;
        VirtioNetHeader offload = default;
        if (header > 0)
        {
            error = ReadVirtio(message, length, out offload);
            if (error != Errno.None) return error;
            length -= header;
        }
        if (SuppliesFrameChecksum) return Errno.EPROTONOSUPPORT;
        int reserve = Type == SocketType.Raw ? LinkHeaderOf(device!) : 0;
        if (offload.Segmentation == 0 && length > device!.Mtu + reserve + TapFrame.TagLength) return Errno.EMSGSIZE;
        error = TakeError();
        if (error != Errno.None) return error;
        if (_sendMemory >= SendBuffer)
        {
            _wantsSpace = true;
            return StackErrno.MustWait;
        }
        error = Build(device!, message, ref protocol, header, length, out PacketBuffer? packet);
        if (error != Errno.None) return error;
        error = Check(packet!, device!, length - reserve, protocol, offload);
        if (error != Errno.None)
        {
            packet!.Release();
            return error;
        }
        int memory = MemoryOf(packet!);
        _sendMemory += memory;
        packet!.Charge(this, memory);
        packet.Stamp = StampFor(overrides);
        device!.SendFrame(packet, protocol, this);
        return header + length;
    }

    private static int LinkHeaderOf(NetworkInterface device) => device.HasLinkAddresses || device.IsLoopback ? TapFrame.HeaderLength : 0;

    private Errno FindDevice(ReadOnlySpan<byte> address, out NetworkInterface? device, out ushort protocol)
    {
        device = TapInterface;
        protocol = TapProtocol;
        if (!address.IsEmpty)
        {
            if (address.Length < LinkLayerAddress.StructureLength || address.Length < AddressOffset + address[AddressOffset - 1]) return Errno.EINVAL;
            protocol = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
            device = Host.Interfaces.Find(BinaryPrimitives.ReadInt32LittleEndian(address[4..]));
        }
        if (device is null) return Errno.ENXIO;
        return device.IsUp ? Errno.None : Errno.ENETDOWN;
    }

    private Errno ReadVirtio(in SendMessage message, int length, out VirtioNetHeader header)
    {
        header = default;
        if (length < VirtioLength) return Errno.EINVAL;
        Span<byte> bytes = stackalloc byte[VirtioNetHeader.StructureLength];
        Gather(message, bytes);
        VirtioNetHeader.TryRead(bytes, out header);
        int headers = header.HeaderLength;
        if ((header.Flags & VirtioNetHeader.NeedsChecksum) != 0) headers = Math.Max(headers, header.ChecksumStart + header.ChecksumOffset + sizeof(ushort));
        return headers > length - VirtioLength ? Errno.EINVAL : Errno.None;
    }

    /// <summary>Puts the frame together: the program's bytes, behind the device's header where the socket is not raw.</summary>
    private Errno Build(NetworkInterface device, in SendMessage message, ref ushort protocol, int skipped, int length, out PacketBuffer? packet)
    {
        packet = null;
        int header = LinkHeaderOf(device);
        Span<byte> destination = stackalloc byte[MacAddress.Length];
        if (Type == SocketType.Raw)
        {
            if (length < header || length == 0) return Errno.EINVAL;
        }
        else
        {
            if (header > 0 && message.Address.IsEmpty && !device.IsLoopback) return Errno.EINVAL;
            if (header == 0 && length == 0) return Errno.EINVAL;
            if (!message.Address.IsEmpty) message.Address.Slice(AddressOffset, MacAddress.Length).CopyTo(destination);
        }
        packet = Host.Loop.Packets.Rent(length);
        Gather(message, packet.Span, skipped);
        if (Type == SocketType.Raw)
        {
            if (protocol is 0 or EthernetProtocol.ETH_P_ALL) protocol = header > 0 ? TapFrame.TypeOf(packet.Span) : (ushort)0;
        }
        else if (header > 0)
        {
            // Of the two protocols that stand for a length, the length is what the header says.
            ushort type = protocol is EthernetProtocol.ETH_P_802_2 or EthernetProtocol.ETH_P_802_3 ? (ushort)length : protocol;
            new EthernetHeader(MacAddress.Read(destination), device.Device.Address, (EtherType)type).Write(packet.Prepend(header));
        }
        return Errno.None;
    }

    /// <summary>What can be said of the frame only when it is there: its tag, which has room beyond the MTU, and what its virtio header asks for.</summary>
    private Errno Check(PacketBuffer packet, NetworkInterface device, int payload, ushort protocol, in VirtioNetHeader offload)
    {
        bool isFrame = LinkHeaderOf(device) > 0;
        if (offload.Segmentation == 0 && payload > device.Mtu && !(isFrame && TapFrame.TypeOf(packet.Span) == EthernetProtocol.ETH_P_8021Q)) return Errno.EMSGSIZE;
        int network = isFrame ? TapFrame.NetworkOffsetOf(packet.Span, ref protocol) : 0;
        packet.NetworkOffset = Math.Min(network, packet.Length);
        return VirtioLength > 0 ? PacketOffloads.Apply(packet, packet.NetworkOffset, offload) : Errno.None;
    }
}
