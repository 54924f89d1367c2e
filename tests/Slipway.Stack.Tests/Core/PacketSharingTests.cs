using System.Buffers.Binary;
using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>A payload that waits for its acknowledgement is lent to the packets that carry it: headers are written before it, its bytes are not copied.</summary>
public sealed class PacketSharingTests : IDisposable
{
    private readonly StackLoop _loop = new(new VirtualClock());

    private PacketPool Pool => _loop.Packets;

    public void Dispose() => Pool.Outstanding.ShouldBe(0, Pool.DescribeOutstanding());

    [Fact]
    public void A_lent_payload_gets_headers_without_being_copied()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer payload = Pool.RentCopy([1, 2, 3]);

        PacketBuffer sent = payload.ShareForTransmit();
        "TCP"u8.CopyTo(sent.Prepend(3));
        "IP"u8.CopyTo(sent.Prepend(2));

        sent.Span.ToArray().ShouldBe([.. "IPTCP"u8, 1, 2, 3]);
        SameBytes(sent.Span[5..], payload.Span).ShouldBeTrue();
        payload.Span.ToArray().ShouldBe([1, 2, 3]);
        sent.Release();
        payload.Release();
    }

    [Fact]
    public void The_next_attempt_takes_the_room_over_when_the_first_is_gone()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer payload = Pool.RentCopy([1, 2, 3]);
        PacketBuffer first = payload.ShareForTransmit();
        first.Prepend(20).Fill(0xAA);
        first.Release();

        PacketBuffer second = payload.ShareForTransmit();
        second.Prepend(20).Fill(0xBB);

        SameBytes(second.Span[20..], payload.Span).ShouldBeTrue();
        second.Release();
        payload.Release();
    }

    [Fact]
    public void An_attempt_while_the_last_is_under_way_gets_bytes_of_its_own()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer payload = Pool.RentCopy([1, 2, 3]);
        payload.SegmentSize = 2;
        PacketBuffer first = payload.ShareForTransmit();
        first.Prepend(4).Fill(0xAA);

        PacketBuffer second = payload.ShareForTransmit();
        second.Headroom.ShouldBe(PacketPool.DefaultHeadroom);
        second.SegmentSize.ShouldBe(2);
        second.Prepend(4).Fill(0xBB);

        first.Span.ToArray().ShouldBe([0xAA, 0xAA, 0xAA, 0xAA, 1, 2, 3]);
        second.Span.ToArray().ShouldBe([0xBB, 0xBB, 0xBB, 0xBB, 1, 2, 3]);
        first.Release();
        second.Release();
        payload.Release();
    }

    [Fact]
    public void Headers_are_changed_in_place_and_payload_is_not()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer payload = Pool.RentCopy(new byte[100]);
        PacketBuffer sent = payload.ShareForTransmit();
        sent.Prepend(20).Clear();

        // A router lowers the TTL, and puts another link's header on.
        sent.EnsureHeaderWritable(20);
        sent.Span[8] = 63;
        sent.Prepend(14).Fill(7);
        SameBytes(sent.Span[34..], payload.Span).ShouldBeTrue();

        // One byte further would be payload.
        sent.EnsureHeaderWritable(35);
        SameBytes(sent.Span[34..], payload.Span).ShouldBeFalse();
        sent.Span[34] = 9;
        payload.Span[0].ShouldBe((byte)0);
        sent.Span[22].ShouldBe((byte)63);
        sent.Release();
        payload.Release();
    }

    [Fact]
    public void A_checksum_is_completed_in_the_header_without_a_copy()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer payload = Pool.RentCopy(new byte[1000]);
        PacketBuffer sent = payload.ShareForTransmit();
        sent.Prepend(20).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(sent.Span[16..], 0x1234);
        sent.TransportOffset = 0;
        sent.ChecksumOffset = 16;
        sent.Checksum = PacketChecksum.Partial;

        sent.CompleteChecksum();

        BinaryPrimitives.ReadUInt16BigEndian(sent.Span[16..]).ShouldBe(unchecked((ushort)~0x1234));
        SameBytes(sent.Span[20..], payload.Span).ShouldBeTrue();
        sent.Release();
        payload.Release();
    }

    [Fact]
    public void To_write_into_the_payload_copies_it_whoever_writes()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer payload = Pool.RentCopy([1, 2, 3]);
        PacketBuffer sent = payload.ShareForTransmit();
        sent.Prepend(1)[0] = 0;

        sent.EnsureWritable();
        sent.Span[1] = 9;
        payload.Span.ToArray().ShouldBe([1, 2, 3]);
        sent.Release();

        PacketBuffer again = payload.ShareForTransmit();
        payload.Append([4]);
        again.Span.ToArray().ShouldBe([1, 2, 3]);
        payload.Span.ToArray().ShouldBe([1, 2, 3, 4]);
        again.Release();
        payload.Release();
    }

    [Fact]
    public void A_receiver_that_trims_into_the_payload_prepends_into_bytes_of_its_own()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer payload = Pool.RentCopy([1, 2, 3, 4]);
        PacketBuffer sent = payload.ShareForTransmit();
        sent.Prepend(2).Fill(0xAA);
        sent.TrimStart(4);

        sent.Prepend(1)[0] = 0xBB;

        sent.Span.ToArray().ShouldBe([0xBB, 3, 4]);
        payload.Span.ToArray().ShouldBe([1, 2, 3, 4]);
        sent.Release();
        payload.Release();
    }

    [Fact]
    public void A_double_of_a_lent_packet_ends_the_right_to_its_room()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer payload = Pool.RentCopy([1, 2]);
        PacketBuffer sent = payload.ShareForTransmit();
        sent.Prepend(2).Fill(0xAA);
        PacketBuffer twice = sent.Clone();

        sent.EnsureHeaderWritable(2);
        sent.Span[0] = 0xBB;
        twice.Prepend(1)[0] = 0xCC;
        PacketBuffer again = payload.ShareForTransmit();
        again.Prepend(2).Fill(0xDD);

        sent.Span.ToArray().ShouldBe([0xBB, 0xAA, 1, 2]);
        twice.Span.ToArray().ShouldBe([0xCC, 0xAA, 0xAA, 1, 2]);
        again.Span.ToArray().ShouldBe([0xDD, 0xDD, 1, 2]);
        foreach (PacketBuffer packet in (PacketBuffer[])[sent, twice, again, payload]) packet.Release();
    }

    [Fact]
    public void A_double_that_outlives_the_lent_packet_keeps_its_headers()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer payload = Pool.RentCopy([1, 2]);
        PacketBuffer sent = payload.ShareForTransmit();
        sent.Prepend(2).Fill(0xAA);
        PacketBuffer twice = sent.Clone();
        sent.Release();

        PacketBuffer again = payload.ShareForTransmit();
        again.Prepend(2).Fill(0xDD);

        twice.Span.ToArray().ShouldBe([0xAA, 0xAA, 1, 2]);
        foreach (PacketBuffer packet in (PacketBuffer[])[twice, again, payload]) packet.Release();
    }

    [Fact]
    public void A_payload_cut_in_two_shares_its_bytes_and_only_the_front_has_the_room()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer front = Pool.RentCopy([1, 2, 3, 4, 5]);
        PacketBuffer back = front.Split(2);
        front.Span.ToArray().ShouldBe([1, 2]);
        back.Span.ToArray().ShouldBe([3, 4, 5]);

        PacketBuffer sentFront = front.ShareForTransmit(), sentBack = back.ShareForTransmit();
        sentFront.Prepend(2).Fill(0xAA);
        sentBack.Prepend(2).Fill(0xBB);

        SameBytes(sentFront.Span[2..], front.Span).ShouldBeTrue();
        SameBytes(sentBack.Span[2..], back.Span).ShouldBeFalse();
        front.Span.ToArray().ShouldBe([1, 2]);
        sentFront.Span.ToArray().ShouldBe([0xAA, 0xAA, 1, 2]);
        sentBack.Span.ToArray().ShouldBe([0xBB, 0xBB, 3, 4, 5]);
        foreach (PacketBuffer packet in (PacketBuffer[])[front, back, sentFront, sentBack]) packet.Release();
    }

    [Fact]
    public void The_back_alone_gets_the_room_that_the_front_left()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer front = Pool.RentCopy([1, 2, 3, 4, 5]), back = front.Split(2);
        front.Release();

        PacketBuffer sent = back.ShareForTransmit();
        sent.Headroom.ShouldBe(PacketPool.DefaultHeadroom + 2);
        sent.Prepend(4).Fill(0xAA);

        SameBytes(sent.Span[4..], back.Span).ShouldBeTrue();
        sent.Release();
        back.Release();
    }

    [Fact]
    public void A_payload_may_be_cut_while_it_is_under_way()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer front = Pool.RentCopy([1, 2, 3, 4]);
        PacketBuffer sent = front.ShareForTransmit();
        sent.Prepend(1)[0] = 0xAA;

        PacketBuffer back = front.Split(3);
        front.TrimStart(1);
        sent.Prepend(1)[0] = 0xBB;

        sent.Span.ToArray().ShouldBe([0xBB, 0xAA, 1, 2, 3, 4]);
        front.Span.ToArray().ShouldBe([2, 3]);
        back.Span.ToArray().ShouldBe([4]);
        Should.Throw<ArgumentOutOfRangeException>(() => front.Split(3));
        foreach (PacketBuffer packet in (PacketBuffer[])[front, back, sent]) packet.Release();
    }

    [Fact]
    public void Acknowledged_bytes_at_the_front_become_room_only_when_nobody_else_sees_them()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer front = Pool.RentCopy([1, 2, 3, 4]), back = front.Split(3);
        front.TrimStart(1);

        PacketBuffer sent = front.ShareForTransmit();
        sent.Prepend(1)[0] = 0xAA;
        front.Span.ToArray().ShouldBe([2, 3]);
        SameBytes(sent.Span[1..], front.Span).ShouldBeFalse();
        sent.Release();
        back.Release();

        sent = front.ShareForTransmit();
        sent.Prepend(1)[0] = 0xBB;
        SameBytes(sent.Span[1..], front.Span).ShouldBeTrue();
        sent.Release();
        front.Release();
    }

    [Fact]
    public void To_lend_and_to_cut_allocates_nothing()
    {
        using LoopScope scope = _loop.Enter();
        Allocations.Of(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                PacketBuffer front = Pool.Rent(3000), sent = front.ShareForTransmit(), back = front.Split(1000), sentBack = back.ShareForTransmit();
                sent.Prepend(40);
                sentBack.Prepend(40);
                sent.Release();
                sentBack.Release();
                front.Release();
                back.Release();
            }
        }).ShouldBe(0);
    }

    private static bool SameBytes(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => left == right;
}
