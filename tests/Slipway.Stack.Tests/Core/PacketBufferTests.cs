using System.Buffers.Binary;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

public sealed class PacketBufferTests : IDisposable
{
    private readonly VirtualClock _clock = new();
    private readonly StackLoop _loop;

    public PacketBufferTests() => _loop = new StackLoop(_clock);

    private PacketPool Pool => _loop.Packets;

    public void Dispose() => Pool.Outstanding.ShouldBe(0, Pool.DescribeOutstanding());

    [Fact]
    public void Headers_are_prepended_in_the_headroom_and_trimmed_on_the_other_side()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer packet = Pool.RentCopy([1, 2, 3]);

        packet.Prepend(2).Fill(9);
        packet.Append([4, 5]);
        packet.Span.ToArray().ShouldBe([9, 9, 1, 2, 3, 4, 5]);
        packet.Headroom.ShouldBe(PacketPool.DefaultHeadroom - 2);

        packet.TrimStart(2);
        packet.TrimEnd(1);
        packet.Span.ToArray().ShouldBe([1, 2, 3, 4]);
        packet.RestoreStart(1);
        packet.Span.ToArray().ShouldBe([9, 1, 2, 3, 4]);
        packet.Release();
    }

    [Fact]
    public void A_packet_without_room_moves_to_a_larger_place_with_all_its_bytes_and_offsets()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer packet = Pool.Rent(0, headroom: 0);
        byte[] payload = [.. Enumerable.Range(0, 500).Select(i => (byte)i)];
        packet.Append(payload);
        packet.TransportOffset = 100;
        packet.NetworkOffset = 80;
        packet.TrimStart(120);

        packet.Prepend(40).Clear();
        packet.Append(new byte[60_000]);

        packet.Length.ShouldBe(40 + 380 + 60_000);
        packet.Span.Slice(40, 380).ToArray().ShouldBe(payload[120..]);
        // The headers that were trimmed went along.
        packet.FromTransportHeader[..20].ToArray().ShouldAllBe(b => b == 0);
        packet.NetworkOffset.ShouldBe(0);
        packet.TransportOffset.ShouldBe(20);
        packet.Release();
    }

    [Fact]
    public void Offsets_stay_with_their_bytes()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer packet = Pool.RentCopy([.. "EEEENNNNTTTTpayload"u8]);
        packet.HasNetworkOffset.ShouldBeFalse();
        packet.NetworkOffset = 4;
        packet.TransportOffset = 8;

        packet.TrimStart(12);
        packet.FromNetworkHeader.ToArray().ShouldBe("NNNNTTTTpayload"u8.ToArray());
        packet.FromTransportHeader.ToArray().ShouldBe("TTTTpayload"u8.ToArray());
        packet.NetworkOffset.ShouldBe(-8);

        packet.RestoreStart(12);
        packet.NetworkOffset.ShouldBe(4);
        packet.Release();
    }

    [Fact]
    public void A_clone_shares_the_bytes_until_one_of_the_two_writes()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer packet = Pool.RentCopy([1, 2, 3, 4]);
        PacketBuffer clone = packet.Clone();
        clone.TrimStart(1);
        packet.IsShared.ShouldBeTrue();

        packet.Prepend(1)[0] = 7;
        packet.Span[1] = 8;

        packet.Span.ToArray().ShouldBe([7, 8, 2, 3, 4]);
        clone.Span.ToArray().ShouldBe([2, 3, 4]);
        clone.IsShared.ShouldBeFalse();
        packet.Release();
        clone.Span.ToArray().ShouldBe([2, 3, 4]);
        clone.Release();
    }

    [Fact]
    public void Ensure_writable_copies_shared_bytes_and_leaves_own_ones()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer packet = Pool.RentCopy([1, 2]);
        packet.TransportOffset = 1;
        PacketBuffer clone = packet.Clone();

        clone.EnsureWritable();
        clone.Span[0] = 5;
        packet.EnsureWritable();
        packet.Span[1] = 6;

        packet.Span.ToArray().ShouldBe([1, 6]);
        clone.Span.ToArray().ShouldBe([5, 2]);
        clone.TransportOffset.ShouldBe(1);
        packet.Release();
        clone.Release();
    }

    [Fact]
    public void A_copy_has_bytes_and_facts_of_its_own_trimmed_headers_included()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer packet = Pool.RentCopy([1, 2, 3]);
        packet.NetworkOffset = 0;
        packet.Checksum = PacketChecksum.Trusted;
        packet.TrimStart(1);

        PacketBuffer copy = packet.Copy();
        packet.Release();

        copy.Span.ToArray().ShouldBe([2, 3]);
        copy.FromNetworkHeader.ToArray().ShouldBe([1, 2, 3]);
        copy.Checksum.ShouldBe(PacketChecksum.Trusted);
        copy.Release();
    }

    [Fact]
    public void To_release_twice_is_an_error()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer packet = Pool.Rent(10);
        packet.Release();

        Should.Throw<InvalidOperationException>(packet.Release);
    }

    [Fact]
    public void A_recycled_packet_knows_nothing_of_its_former_life()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer packet = Pool.Rent(10);
        packet.NetworkOffset = 1;
        packet.TransportOffset = 2;
        packet.Checksum = PacketChecksum.Partial;
        packet.ChecksumOffset = 6;
        packet.SegmentSize = 1000;
        packet.ReceivedAt = 5;
        packet.Destination = LinkDestination.Other;
        packet.Device = new LoopbackDevice(_loop);
        packet.Release();

        PacketBuffer next = Pool.Rent(3);

        next.ShouldBeSameAs(packet);
        next.Length.ShouldBe(3);
        next.HasNetworkOffset.ShouldBeFalse();
        next.HasTransportOffset.ShouldBeFalse();
        next.Checksum.ShouldBe(PacketChecksum.Unverified);
        next.ChecksumOffset.ShouldBe(0);
        next.SegmentSize.ShouldBe(0);
        next.ReceivedAt.ShouldBe(0);
        next.Destination.ShouldBe(LinkDestination.Host);
        next.Device.ShouldBeNull();
        next.Release();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(1400)]
    public void A_partial_checksum_is_completed_over_the_transport_header_and_all_behind_it(int payload)
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer packet = Pool.Rent(20 + 8 + payload);
        new SeededRandom(1).Fill(packet.Span);
        packet.TransportOffset = 20;
        packet.ChecksumOffset = 6;
        packet.Checksum = PacketChecksum.Partial;
        ushort pseudoHeader = 0x1234;
        BinaryPrimitives.WriteUInt16BigEndian(packet.Span[26..], pseudoHeader);
        PacketBuffer clone = packet.Clone();

        packet.CompleteChecksum();

        // RFC 1071: the sum over all that it covers, pseudo-header included, is all ones.
        uint sum = pseudoHeader + (uint)InternetChecksum.Sum(packet.FromTransportHeader);
        ((sum & 0xFFFF) + (sum >> 16)).ShouldBe(0xFFFFu);
        packet.Checksum.ShouldBe(PacketChecksum.Unverified);
        BinaryPrimitives.ReadUInt16BigEndian(clone.Span[26..]).ShouldBe(pseudoHeader);
        packet.Release();
        clone.Release();
    }

    [Fact]
    public void A_sum_of_zero_is_sent_in_its_other_form()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer packet = Pool.Rent(8);
        packet.Span.Clear();
        packet.TransportOffset = 0;
        packet.ChecksumOffset = 6;
        BinaryPrimitives.WriteUInt16BigEndian(packet.Span[6..], 0xFFFF);
        packet.Checksum = PacketChecksum.Partial;

        packet.CompleteChecksum();

        BinaryPrimitives.ReadUInt16BigEndian(packet.Span[6..]).ShouldBe((ushort)0xFFFF);
        packet.Release();
    }

    [Fact]
    public void A_queue_keeps_order_and_counts_packets_and_bytes()
    {
        using LoopScope scope = _loop.Enter();
        var queue = new PacketQueue();
        for (byte i = 1; i <= 3; i++) queue.Enqueue(Pool.RentCopy(new byte[i]));
        queue.Count.ShouldBe(3);
        queue.Bytes.ShouldBe(6);

        queue.TryDequeue(out PacketBuffer? first).ShouldBeTrue();
        first!.Length.ShouldBe(1);
        first.Next.ShouldBeNull();
        queue.First!.Length.ShouldBe(2);
        first.Release();

        queue.Clear();
        queue.IsEmpty.ShouldBeTrue();
        queue.Bytes.ShouldBe(0);
        queue.TryDequeue(out _).ShouldBeFalse();
    }

    [Fact]
    public void Packets_of_every_size_come_back_from_the_pool_without_allocating()
    {
        using LoopScope scope = _loop.Enter();
        int[] sizes = [0, 64, 1500, 9000, 65535];
        void All()
        {
            foreach (int size in sizes)
            {
                PacketBuffer packet = Pool.Rent(size);
                packet.Clone().Release();
                packet.Release();
            }
        }

        Allocations.Of(() =>
        {
            for (int i = 0; i < 100; i++) All();
        }).ShouldBe(0);
    }

    [Fact]
    public void Packets_larger_than_any_size_class_are_not_kept()
    {
        using LoopScope scope = _loop.Enter();
        long idle = Pool.IdleBytes;

        PacketBuffer packet = Pool.Rent(200_000);
        packet.Length.ShouldBe(200_000);
        packet.Release();

        Pool.IdleBytes.ShouldBe(idle);
    }

    [Fact]
    public void After_a_burst_the_pool_gives_its_memory_back_by_and_by_and_never_keeps_more_than_its_limit()
    {
        using (_loop.Enter())
        {
            var burst = new PacketQueue();
            for (int i = 0; i < 1000; i++) burst.Enqueue(Pool.Rent(65535));
            burst.Clear();
            Pool.IdleBytes.ShouldBeInRange(1, PacketPool.MaxIdleBytes);
        }

        for (int i = 0; i < 20; i++) UseForASecond();

        using LoopScope scope = _loop.Enter();
        Pool.IdleBytes.ShouldBeLessThan(200_000);
        Pool.Trim();
        Pool.IdleBytes.ShouldBe(0);
    }

    [Fact]
    public void A_fast_flow_that_swells_and_shrinks_within_a_second_allocates_nothing()
    {
        RunFor(StackClock.Second / 20);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 10; i++) RunFor(StackClock.Second / 20);

        GC.GetAllocatedBytesForCurrentThread().ShouldBe(before);

        void RunFor(long time)
        {
            using LoopScope scope = _loop.Enter();
            for (int i = 0; i < 2 * PacketPool.TrimPeriod; i++) Pool.Rent(1448).Release();
            Swell();
            _clock.AdvanceTo(_clock.Now + time);
        }

        void Swell()
        {
            var flight = new PacketQueue();
            for (int i = 0; i < 500; i++) flight.Enqueue(Pool.Rent(1448));
            flight.Clear();
        }
    }

    private void UseForASecond()
    {
        using LoopScope scope = _loop.Enter();
        for (int i = 0; i < PacketPool.TrimPeriod; i++) Pool.Rent(64).Release();
        _clock.AdvanceTo(_clock.Now + StackClock.Second);
    }

#if DEBUG
    [Fact]
    public void A_debug_build_tells_where_lost_packets_were_rented()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer lost = Pool.Rent(1), clone = lost.Clone();

        Pool.DescribeOutstanding().ShouldMatch(@"^2 packets\n2 rented at PacketBufferTests\.cs:\d+\n$");
        lost.Release();
        clone.Release();
    }
#endif
}
