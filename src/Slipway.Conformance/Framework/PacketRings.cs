using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.PacketSockets;

namespace Slipway.Conformance;

/// <summary>What scenarios of rings do over and over: small rings, their words, and what stands in them.</summary>
public static class PacketRings
{
    /// <summary>A page, the least of a block.</summary>
    public const int Page = 4096;

    /// <summary>A ring of one page a block.</summary>
    public static PacketRingRequest Pages(PacketRingVersion version, uint blocks, uint frameSize = 2048) => PacketRingRequest.Of(version, blocks, Page, frameSize);

    /// <summary>PACKET_RX_RING or PACKET_TX_RING as a result, in the structure of the version.</summary>
    public static Errno TryRing(this Socket socket, int option, PacketRingRequest request)
    {
        byte[] bytes = new byte[PacketRingRequest.BlockStructureLength];
        return socket.TrySetPacket(option, bytes.AsSpan(0, request.Write(bytes)));
    }

    /// <summary>mmap as a result; a mapping that succeeds is ended at once.</summary>
    public static Errno TryMap(this Socket socket, int length)
    {
        Errno error = socket.System.Map(socket.Descriptor, length, out MappedMemory? memory);
        memory?.Dispose();
        return error;
    }

    /// <summary>A status word: of a slot, or of a block.</summary>
    public static uint Word(this MappedMemory memory, int offset) => Volatile.Read(ref System.Runtime.InteropServices.MemoryMarshal.AsRef<uint>(memory.Span[offset..]));

    /// <summary>Sets a status word.</summary>
    public static void SetWord(this MappedMemory memory, int offset, uint value)
        => Volatile.Write(ref System.Runtime.InteropServices.MemoryMarshal.AsRef<uint>(memory.Span[offset..]), value);

    /// <summary>The status words of slots of one size, in hexadecimal; whose clock made the time is left out, as that depends on others of the machine.</summary>
    public static string Words(this MappedMemory memory, int size, int count, int at = 0)
        => string.Join(' ', Enumerable.Range(0, count).Select(i => (memory.Word((i * size) + at) & ~(uint)PacketStatus.SoftwareTimestamp).ToString("x", System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>The status words of blocks of a page.</summary>
    public static string Blocks(this MappedMemory memory, int count) => memory.Words(Page, count, PacketRingFormat.BlockStatus);

    /// <summary>Sends a frame to the loopback.</summary>
    public static void SendOnLoopback(this Socket sender, string text) => sender.SendTo(Frame(Nobody, Experiment, text), new LinkLayerAddress(Loopback, Experiment));

    /// <summary>Sends frames of a length to the loopback.</summary>
    public static void SendOnLoopback(this Socket sender, int length, int count = 1)
    {
        for (int i = 0; i < count; i++) sender.SendOnLoopback(new string('x', length - HeaderLength));
    }

    /// <summary>Waits until the socket is readable.</summary>
    public static void ExpectReadable(this Socket socket, int milliseconds = 2000)
    {
        Span<PollEntry> entries = [new PollEntry(socket.Descriptor, PollEvents.POLLIN)];
        Expect.Equal(1, Expect.Success(socket.System.Poll(entries, milliseconds)));
        Expect.Equal(PollEvents.POLLIN, entries[0].Returned);
    }

    /// <summary>What poll says at once of reading and of writing.</summary>
    public static PollEvents PollBoth(this Socket socket) => socket.PollNow(PollEvents.POLLIN | PollEvents.POLLOUT);

    /// <summary>Writes a packet into a slot of a ring to send from, and hands it over.</summary>
    public static void Fill(this MappedMemory memory, PacketRingVersion version, int slot, ReadOnlySpan<byte> packet, int claimed = -1)
    {
        int header = PacketRingFormat.HeaderLength(version), length = claimed >= 0 ? claimed : packet.Length;
        packet.CopyTo(memory.Span[(slot + header)..]);
        BinaryPrimitives.WriteInt32LittleEndian(memory.Span[(slot + (version == PacketRingVersion.V1 ? 8 : version == PacketRingVersion.V2 ? 4 : 16))..], length);
        memory.SetWord(slot + PacketRingFormat.StatusOffset(version), (uint)PacketSendStatus.SendRequest);
    }
}
