using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.PacketRings;
using static Slipway.Conformance.PacketSockets;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Rings to send from (packet(7), PACKET_TX_RING).</summary>
public static class PacketRingSendScenarios
{
    private const int Slot = 2048;

    /// <summary>A send of nothing sends what stands in the slots, in order, up to the first that is not to be sent; the next send goes on there.</summary>
    [Scenario("PKT-28")]
    public static void SlotsAreSent(HostProcess host)
    {
        foreach (PacketRingVersion version in Enum.GetValues<PacketRingVersion>())
        {
            using Socket receiver = host.PacketOn(Loopback), sender = host.PacketOn(Loopback, Experiment + 1);
            using MappedMemory memory = Map(sender, version, 2);
            int at = PacketRingFormat.StatusOffset(version);
            Expect.Equal(0, Expect.Success(sender.TrySend([])));
            memory.Fill(version, 0, Frame(Nobody, Experiment, "a"));
            memory.Fill(version, Slot, Frame(Nobody, Experiment, "bb"));
            memory.Fill(version, 3 * Slot, Frame(Nobody, Experiment, "d"));
            // What the call itself brings is not looked at.
            Expect.Equal(31, Expect.Success(sender.TrySend("whatever"u8)));
            Expect.Equal("0 0 0 1", memory.Words(Slot, 4, at));
            Expect.Equal("a bb", receiver.TakeTexts());
            memory.Fill(version, 2 * Slot, Frame(Nobody, Experiment, "c"));
            Expect.Equal(30, Expect.Success(sender.TrySend([])));
            Expect.Equal("c d", receiver.TakeTexts());
            Expect.Equal(0, Expect.Success(sender.TrySend([])));
            // Round the ring.
            memory.Fill(version, 0, Frame(Nobody, Experiment, "e"));
            Expect.Equal(15, Expect.Success(sender.TrySend([], MessageFlags.MSG_DONTWAIT)));
            Expect.Equal("e", receiver.TakeTexts());
            Expect.Equal("0 0 0 0", memory.Words(Slot, 4, at));
        }
    }

    /// <summary>What cannot be sent stops the ring, and the call fails though others were sent; with PACKET_LOSS it is passed over.</summary>
    [Scenario("PKT-28")]
    public static void WhatCannotBeSent(HostProcess host)
    {
        foreach (bool passesOver in new[] { false, true })
        {
            foreach ((PacketRingVersion version, int claimed, Errno error) in new[]
            {
                (PacketRingVersion.V2, 13, Errno.EINVAL), (PacketRingVersion.V2, 0, Errno.EINVAL), (PacketRingVersion.V1, Slot - 31, Errno.EMSGSIZE), (PacketRingVersion.V1, 5, Errno.EINVAL),
                (PacketRingVersion.V3, Slot - 47, Errno.EMSGSIZE),
            })
            {
                using Socket receiver = host.PacketOn(Loopback), sender = host.PacketOn(Loopback, Experiment + 1);
                sender.SetOption(SocketOptions.PacketLoss, passesOver);
                using MappedMemory memory = Map(sender, version, 2);
                int at = PacketRingFormat.StatusOffset(version);
                memory.Fill(version, 0, Frame(Nobody, Experiment, "a"));
                memory.Fill(version, Slot, Frame(Nobody, Experiment, "b"), claimed);
                memory.Fill(version, 2 * Slot, Frame(Nobody, Experiment, "c"));
                if (passesOver)
                {
                    Expect.Equal(30, Expect.Success(sender.TrySend([])));
                    Expect.Equal("a c", receiver.TakeTexts());
                    Expect.Equal("0 0 0 0", memory.Words(Slot, 4, at));
                    continue;
                }
                Expect.Fails(error, sender.TrySend([]), $"{version}, {claimed} bytes");
                Expect.Equal("a", receiver.TakeTexts());
                Expect.Equal("0 4 1 0", memory.Words(Slot, 4, at));
                // The ring stands there until it is put right.
                Expect.Equal(0, Expect.Success(sender.TrySend([])));
                memory.Fill(version, Slot, Frame(Nobody, Experiment, "b"));
                Expect.Equal(30, Expect.Success(sender.TrySend([])));
                Expect.Equal("b c", receiver.TakeTexts());
            }
        }
        // Slots of V3 are of one length.
        using Socket blocks = host.PacketOn(Loopback, Experiment + 1);
        using MappedMemory third = Map(blocks, PacketRingVersion.V3, 1);
        third.Fill(PacketRingVersion.V3, 0, Frame(Nobody, Experiment, "x"));
        BinaryPrimitives.WriteInt32LittleEndian(third.Span, Slot);
        Expect.Fails(Errno.EINVAL, blocks.TrySend([]));
    }

    /// <summary>Where it goes, and what is longer than a device takes.</summary>
    [Scenario("PKT-28")]
    public static void WhereSlotsGo(HostProcess one, HostProcess two)
    {
        int link = one.Link();
        using Socket receiver = two.PacketOn(two.Link()), unbound = one.Packet(), cooked = one.Packet(SocketType.Datagram), bound = one.PacketOn(link, Experiment + 1);
        byte[] there = two.LinkAddress(two.Link());
        using (MappedMemory memory = Map(unbound, PacketRingVersion.V2, 1))
        {
            memory.Fill(PacketRingVersion.V2, 0, Frame(Everybody, Experiment, "raw"));
            Expect.Fails(Errno.ENXIO, unbound.TrySend([]));
            Expect.Fails(Errno.ENXIO, unbound.TrySendTo([], new LinkLayerAddress(99, Experiment)));
            Expect.Fails(Errno.EINVAL, unbound.TrySendTo([], new LinkLayerAddress(link, Experiment), 19));
            Expect.Equal("1", memory.Words(Slot, 1));
            Expect.Equal(17, Expect.Success(unbound.TrySendTo([], new LinkLayerAddress(link, Experiment))));
            Expect.Equal("raw", receiver.ReceiveFrame().Text);
        }
        using (MappedMemory memory = Map(cooked, PacketRingVersion.V2, 1))
        {
            memory.Fill(PacketRingVersion.V2, 0, "cooked"u8);
            Expect.Equal(6, Expect.Success(cooked.TrySendTo([], new LinkLayerAddress(link, Experiment, there))));
            PacketReceipt seen = receiver.ReceiveFrame();
            Expect.Equal("cooked", seen.Text);
            Expect.Bytes(there, seen.Data.AsSpan(0, 6));
        }
        using (MappedMemory memory = Map(bound, PacketRingVersion.V2, 1))
        {
            foreach ((int length, ushort type, Errno error) in new[] { (1514, Experiment, Errno.None), (1515, Experiment, Errno.EMSGSIZE), (1518, (ushort)0x8100, Errno.None), (1519, (ushort)0x8100, Errno.EMSGSIZE) })
            {
                memory.Fill(PacketRingVersion.V2, 0, Frame(Everybody, type, new byte[length - 14]));
                CallResult sent = bound.TrySend([]);
                Expect.Fails(error, sent, $"{length} bytes of type 0x{type:x4}");
                if (error != Errno.None) continue;
                Expect.Equal(length, sent.Value);
                // The next slot, and back.
                memory.Fill(PacketRingVersion.V2, Slot, Frame(Everybody, Experiment, "x"));
                Expect.Equal(15, Expect.Success(bound.TrySend([])));
            }
        }
    }

    /// <summary>With PACKET_TX_HAS_OFF packets begin where their slots say.</summary>
    [Scenario("PKT-28")]
    public static void PacketsWithOffsets(HostProcess host)
    {
        using Socket receiver = host.PacketOn(Loopback), sender = host.PacketOn(Loopback, Experiment + 1);
        sender.SetOption(SocketOptions.PacketSendOffset, true);
        using MappedMemory memory = Map(sender, PacketRingVersion.V2, 1);
        byte[] frame = Frame(Nobody, Experiment, "offset");
        foreach ((int offset, Errno error) in new[] { (0, Errno.EINVAL), (31, Errno.EINVAL), (Slot - 19, Errno.EINVAL), (100, Errno.None) })
        {
            frame.CopyTo(memory.Span[100..]);
            memory.Fill(PacketRingVersion.V2, 0, [], frame.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(memory.Span[12..], (ushort)offset);
            Expect.Fails(error, sender.TrySend([]), $"offset {offset}");
        }
        Expect.Equal("offset", receiver.TakeTexts());
        // A datagram socket says it in the other field; the last place that holds the packet is one.
        using Socket cooked = host.Packet(SocketType.Datagram);
        cooked.SetOption(SocketOptions.PacketSendOffset, true);
        using MappedMemory other = Map(cooked, PacketRingVersion.V2, 1);
        "end"u8.CopyTo(other.Span[(Slot - 3)..]);
        other.Fill(PacketRingVersion.V2, 0, [], 3);
        BinaryPrimitives.WriteUInt16LittleEndian(other.Span[14..], Slot - 3);
        Expect.Equal(3, Expect.Success(cooked.TrySendTo([], new LinkLayerAddress(Loopback, Experiment))));
        Expect.Equal("end", receiver.TakeTexts());
    }

    /// <summary>The virtio header stands before the packet in the slot, and counts neither in what is sent nor against the MTU.</summary>
    [Scenario("PKT-28", "PKT-20")]
    public static void SlotsWithVirtioHeaders(HostProcess host)
    {
        using Socket receiver = host.PacketOn(Loopback), sender = host.PacketOn(Loopback, Experiment + 1);
        sender.SetOption(SocketOptions.PacketVirtioHeader, true);
        using MappedMemory memory = Map(sender, PacketRingVersion.V2, 1);
        memory.Fill(PacketRingVersion.V2, 0, [.. new byte[10], .. Frame(Nobody, Experiment, "virtio")]);
        Expect.Equal(20, Expect.Success(sender.TrySend([])));
        Expect.Equal("virtio", receiver.TakeTexts());
        memory.Fill(PacketRingVersion.V2, Slot, new byte[9]);
        Expect.Fails(Errno.EINVAL, sender.TrySend([]));
    }

    /// <summary>What poll says: a ring whose next slot is free can be written to. Sent packets bear no time, as no device here has a clock.</summary>
    [Scenario("PKT-28")]
    public static void WritableRings(HostProcess host)
    {
        using Socket sender = host.PacketOn(Loopback, Experiment + 1);
        sender.SetOption(SocketOptions.PacketTimestampSource, (int)TimestampingFlags.SOF_TIMESTAMPING_SOFTWARE);
        using MappedMemory memory = Map(sender, PacketRingVersion.V2, 1);
        Expect.Equal(PollEvents.POLLOUT, sender.PollBoth());
        memory.Fill(PacketRingVersion.V2, 0, Frame(Nobody, Experiment, "x"));
        Expect.Equal(PollEvents.POLLOUT, sender.PollBoth());
        Expect.Equal(15, Expect.Success(sender.TrySend([])));
        Expect.Equal(0u, memory.Word(0));
        // A descriptor that is written to sends as well.
        memory.Fill(PacketRingVersion.V2, Slot, Frame(Nobody, Experiment, "y"));
        Expect.Equal(15, Expect.Success(sender.System.Write(sender.Descriptor, "ignored"u8)));
    }

    /// <summary>The writer of rings: slots in turn, one put right after it was refused, both rings of a socket.</summary>
    [Scenario("PKT-28", "PKT-25")]
    public static void WritingRings(HostProcess host)
    {
        foreach (PacketRingVersion version in Enum.GetValues<PacketRingVersion>())
        {
            using Socket socket = host.PacketOn(Loopback), other = host.PacketOn(Loopback);
            (PacketReceiveRing receive, PacketSendRing send) = socket.OpenRings(Pages(version, 2) with { RetireMilliseconds = version == PacketRingVersion.V3 ? 20u : 0 }, Pages(version, 1));
            Expect.Equal((2, Slot - PacketRingFormat.HeaderLength(version)), (send.Count, send.Room));
            Write(send, "one");
            Write(send, "two");
            Expect.Equal(false, send.TryReserve(out _));
            Expect.Equal(PacketSendStatus.SendRequest, send[0]);
            Expect.Equal(34, send.Send());
            Expect.Equal("one two", other.TakeTexts());
            // Nobody sees what he sent himself, but the loopback brings it back.
            Expect.True(receive.Wait(TimeSpan.FromSeconds(2)));
            Expect.True(receive.TryRead(out PacketFrame seen));
            Expect.Equal("one", Text(seen.Data[HeaderLength..]));

            Expect.True(send.TryReserve(out _));
            send.Commit(3);
            Expect.Throws(Errno.EINVAL, () => send.Send());
            Expect.True(send.TryRevise(out Span<byte> room));
            byte[] right = Frame(Nobody, Experiment, "right");
            right.CopyTo(room);
            send.Commit(right.Length);
            Expect.Equal(right.Length, send.SendTo(new LinkLayerAddress(Loopback, Experiment)));
            Expect.Equal(false, send.TryRevise(out _));
            Expect.Equal("right", other.TakeTexts());
            receive.Dispose();
            Expect.Throws(Errno.EBUSY, socket.CloseRings);
            send.Dispose();
            socket.CloseRings();
            other.SendOnLoopback("by calls");
            Expect.Equal("by calls", socket.TakeTexts());
        }
    }

    private static void Write(PacketSendRing ring, string text)
    {
        Expect.True(ring.TryReserve(out Span<byte> room));
        byte[] frame = Frame(Nobody, Experiment, text);
        frame.CopyTo(room);
        ring.Commit(frame.Length);
    }

    private static MappedMemory Map(Socket socket, PacketRingVersion version, int blocks)
    {
        socket.SetOption(SocketOptions.PacketRingVersion, (int)version);
        Expect.Success(socket.TryRing(PACKET_TX_RING, Pages(version, (uint)blocks)));
        return socket.Map(blocks * Page);
    }
}
