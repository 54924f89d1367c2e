using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Packet sockets by sock_diag (struct packet_diag_req and packet_diag_msg; Linux net/packet/diag.c).</summary>
internal static class PacketDiagnosis
{
    private const int RequestLength = 20, AnswerLength = 16, InfoLength = 24, MembershipLength = 44, MembershipAddressOffset = 12;
    private const ushort AttributeInfo = 0, AttributeMembers = 1, AttributeReceiveRing = 2, AttributeSendRing = 3, AttributeFanout = 4, AttributeUser = 5, AttributeMemory = 6, AttributeFilter = 7;
    private const uint ShowInfo = 1, ShowMembers = 2, ShowRings = 4, ShowFanout = 8, ShowMemory = 16, ShowFilter = 32;

    public static NetlinkRefusal Answer(StackHost host, in NetlinkRequest request)
    {
        // A protocol cannot be asked for.
        if (request.Body.Length < RequestLength || request.Body[1] != 0) return Errno.EINVAL;
        if (!request.IsDump) return Errno.EOPNOTSUPP;
        uint show = BinaryPrimitives.ReadUInt32LittleEndian(request.Body[8..]);
        bool tellsFilters = request.Process.HasCapability(Capability.NetAdmin);
        var writer = new NetlinkWriter();
        foreach (PacketSocket socket in host.Packets.Sockets) Write(writer, socket, show, tellsFilters, MessageHead.OfDump(NetlinkMessageType.SOCK_DIAG_BY_FAMILY, request));
        return request.Socket.StartDump(request, writer, generation: null);
    }

    private static void Write(NetlinkWriter writer, PacketSocket socket, uint show, bool tellsFilters, in MessageHead head)
    {
        head.Begin(writer);
        Span<byte> answer = writer.Fixed(AnswerLength);
        answer[0] = (byte)AddressFamily.Packet;
        answer[1] = (byte)socket.Type;
        BinaryPrimitives.WriteUInt16LittleEndian(answer[2..], socket.TapProtocol);
        BinaryPrimitives.WriteUInt32LittleEndian(answer[4..], (uint)socket.Cookie);
        BinaryPrimitives.WriteUInt64LittleEndian(answer[8..], socket.Cookie);
        if ((show & ShowInfo) != 0) WriteInfo(writer, socket);
        if ((show & ShowMembers) != 0) WriteMemberships(writer, socket);
        if ((show & ShowRings) != 0)
        {
            WriteRing(writer, AttributeReceiveRing, socket.ReceiveRingLayout);
            WriteRing(writer, AttributeSendRing, socket.SendRingLayout);
        }
        if ((show & ShowFanout) != 0 && socket.Group is { } group) writer.Attribute(AttributeFanout, group.Id | (uint)group.Mode << 16);
        if ((show & ShowMemory) != 0) DiagnosticMemory.Write(writer, AttributeMemory, socket);
        if ((show & ShowFilter) != 0) WriteFilter(writer, socket, tellsFilters);
        writer.EndMessage();
    }

    private static void WriteInfo(NetlinkWriter writer, PacketSocket socket)
    {
        Span<byte> info = stackalloc byte[InfoLength];
        BinaryPrimitives.WriteInt32LittleEndian(info, socket.BoundIndex);
        BinaryPrimitives.WriteInt32LittleEndian(info[4..], (int)socket.RingVersion);
        BinaryPrimitives.WriteInt32LittleEndian(info[8..], socket.RingReserve);
        BinaryPrimitives.WriteInt32LittleEndian(info[12..], socket.CopyThreshold);
        BinaryPrimitives.WriteInt32LittleEndian(info[16..], socket.TimestampSource);
        DiagnosedPacketFlags flags = (socket.IsRunning ? DiagnosedPacketFlags.Running : 0) | (socket.TellsAuxiliaryData ? DiagnosedPacketFlags.AuxiliaryData : 0)
            | (socket.TellsOriginalDevice ? DiagnosedPacketFlags.OriginalDevice : 0) | (socket.VirtioLength != 0 ? DiagnosedPacketFlags.VirtioHeader : 0)
            | (socket.PassesOverMalformed ? DiagnosedPacketFlags.Loss : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(info[20..], (uint)flags);
        writer.Attribute(AttributeInfo, info);
        writer.Attribute(AttributeUser, (uint)socket.UserId);
    }

    /// <summary>Structures one after another, the newest first.</summary>
    private static void WriteMemberships(NetlinkWriter writer, PacketSocket socket)
    {
        byte[] list = new byte[socket.Memberships.Count * MembershipLength];
        for (int i = 0; i < socket.Memberships.Count; i++)
        {
            LinkMembership membership = socket.Memberships[^(i + 1)];
            Span<byte> one = list.AsSpan(i * MembershipLength, MembershipLength);
            BinaryPrimitives.WriteInt32LittleEndian(one, membership.Interface.Index);
            BinaryPrimitives.WriteInt32LittleEndian(one[4..], membership.Count);
            BinaryPrimitives.WriteUInt16LittleEndian(one[8..], (ushort)membership.Kind);
            BinaryPrimitives.WriteUInt16LittleEndian(one[10..], (ushort)membership.AddressLength);
            membership.Address.Write(one.Slice(MembershipAddressOffset, MacAddress.Length));
        }
        writer.Attribute(AttributeMembers, list);
    }

    /// <summary>struct packet_diag_ring is laid out as a request of V3, whatever the version.</summary>
    private static void WriteRing(NetlinkWriter writer, ushort type, PacketRingRequest? layout)
    {
        if (layout is not { } ring) return;
        Span<byte> bytes = stackalloc byte[PacketRingRequest.BlockStructureLength];
        (ring with { Version = PacketRingVersion.V3 }).Write(bytes);
        writer.Attribute(type, bytes);
    }

    /// <summary>Who may not see filters is told that this is so: the attribute is empty.</summary>
    private static void WriteFilter(NetlinkWriter writer, PacketSocket socket, bool tells)
    {
        if (!tells)
        {
            writer.Attribute(AttributeFilter, []);
            return;
        }
        if (socket.Filter is not ClassicProgram filter || filter.Read([]) is not { Succeeded: true, Value: var count }) return;
        var program = new ClassicInstruction[count];
        filter.Read(program);
        byte[] bytes = new byte[count * ClassicInstruction.StructureLength];
        for (int i = 0; i < count; i++)
        {
            Span<byte> one = bytes.AsSpan(i * ClassicInstruction.StructureLength);
            BinaryPrimitives.WriteUInt16LittleEndian(one, program[i].Code);
            one[2] = program[i].JumpTrue;
            one[3] = program[i].JumpFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(one[4..], program[i].K);
        }
        writer.Attribute(AttributeFilter, bytes);
    }
}
