using System.Buffers.Binary;
using FsCheck.Fluent;

namespace Slipway.Wire.Tests;

public class InternetChecksumTests
{
    // RFC 1071 §3 works this example by hand.
    [Fact]
    public void The_example_of_RFC_1071_adds_up()
    {
        byte[] bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];

        InternetChecksum.Sum(bytes).ShouldBe((ushort)0xddf2);
        InternetChecksum.Compute(bytes).ShouldBe((ushort)0x220d);
    }

    [Fact]
    public void An_odd_last_byte_counts_as_if_a_zero_followed()
        => InternetChecksum.Sum([0x12, 0x34, 0x56]).ShouldBe(InternetChecksum.Sum([0x12, 0x34, 0x56, 0x00]));

    [Fact]
    public void All_zeros_do_not_count_as_a_right_checksum()
    {
        InternetChecksum.IsValid(new byte[20]).ShouldBeFalse();
        InternetChecksum.IsValid([]).ShouldBeFalse();
        InternetChecksum.IsValid([0xFF, 0xFF]).ShouldBeTrue();
    }

    [Fact]
    public void Every_loop_agrees_with_the_naive_sum_for_every_length_and_alignment()
    {
        byte[] bytes = new Fuzz.FuzzRandom(7).Bytes(700);
        for (int start = 0; start < 33; start++)
        {
            for (int length = 0; length <= 520; length++)
            {
                ReadOnlySpan<byte> piece = bytes.AsSpan(start, length);
                ushort expected = NaiveSum(piece);
                ushort inMachineOrder = InternetChecksum.ToHostOrder(expected);
                if (InternetChecksum.Sum(piece) != expected || ChecksumKernel.SumScalar(piece) != inMachineOrder || ChecksumKernel.SumVector128(piece) != inMachineOrder)
                    Assert.Fail($"{length} bytes from offset {start}: expected {expected:x4}, got {InternetChecksum.Sum(piece):x4}");
            }
        }
    }

    // Where every word is the largest, carries are the most.
    [Theory]
    [InlineData(1500)]
    [InlineData(65535)]
    [InlineData(1 << 20)]
    public void The_largest_words_carry_right(int length)
    {
        byte[] bytes = new byte[length];
        bytes.AsSpan().Fill(0xFF);

        InternetChecksum.Sum(bytes).ShouldBe(NaiveSum(bytes));
    }

    [Fact]
    public void Pieces_of_any_length_add_up_to_the_whole()
        => Property.Holds(
            from bytes in Any.Bytes(300)
            from cuts in Gen.Choose(0, 300).ArrayOf(5)
            select (bytes, cuts),
            static sample =>
            {
                PartialSum sum = PartialSum.Zero;
                int from = 0;
                foreach (int cut in sample.cuts.Select(c => Math.Min(c, sample.bytes.Length)).Order().Append(sample.bytes.Length))
                {
                    sum = sum.Add(sample.bytes.AsSpan(from, cut - from));
                    from = cut;
                }
                sum.Value.ShouldBe(NaiveSum(sample.bytes));
                sum.IsOdd.ShouldBe(sample.bytes.Length % 2 == 1);
            });

    [Fact]
    public void Sums_of_sums_may_be_grouped_at_will()
        => Property.Holds(
            from a in Any.Bytes(20)
            from b in Any.Bytes(20)
            from c in Any.Bytes(20)
            select (a, b, c),
            static sample =>
            {
                PartialSum a = PartialSum.Zero.Add(sample.a), b = PartialSum.Zero.Add(sample.b), c = PartialSum.Zero.Add(sample.c);

                a.Append(b).Append(c).ShouldBe(a.Append(b.Append(c)));
                a.Append(b).Append(c).Value.ShouldBe(NaiveSum([.. sample.a, .. sample.b, .. sample.c]));
            });

    [Fact]
    public void The_pseudo_header_sums_like_its_bytes()
        => Property.Holds(
            from addresses in Any.Addresses
            from protocol in Any.Protocol
            from length in Gen.Choose(0, 65535)
            select (addresses, protocol, length),
            static sample =>
            {
                ((IpAddress source, IpAddress destination), IpProtocolNumber protocol, int length) = sample;
                byte[] bytes = new byte[source.IsIPv4 ? 12 : 40];
                if (source.IsIPv4)
                {
                    source.WriteIPv4(bytes);
                    destination.WriteIPv4(bytes.AsSpan(4));
                    bytes[9] = (byte)protocol;
                    BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), (ushort)length);
                }
                else
                {
                    source.WriteIPv6(bytes);
                    destination.WriteIPv6(bytes.AsSpan(16));
                    BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(32), length);
                    bytes[39] = (byte)protocol;
                }
                PartialSum.PseudoHeader(source, destination, protocol, length).Value.ShouldBe(NaiveSum(bytes));
            });

    [Fact]
    public void Copying_and_summing_copies_and_sums()
        => Property.Holds(
            from bytes in Any.Bytes(300)
            from room in Gen.Choose(0, 40)
            select (bytes, room),
            static sample =>
            {
                byte[] destination = new byte[sample.bytes.Length + sample.room];
                destination.AsSpan().Fill(0xA5);

                PartialSum sum = InternetChecksum.CopyAndSum(sample.bytes, destination);

                sum.ShouldBe(PartialSum.Zero.Add(sample.bytes));
                destination.AsSpan(0, sample.bytes.Length).SequenceEqual(sample.bytes).ShouldBeTrue();
                destination.AsSpan(sample.bytes.Length).ContainsAnyExcept((byte)0xA5).ShouldBeFalse("bytes behind the copy were touched");
            });

    [Fact]
    public void Copying_to_too_little_room_is_refused()
        => Should.Throw<ArgumentException>(() => InternetChecksum.CopyAndSum(new byte[3], new byte[2]));

    [Fact]
    public void A_number_after_an_odd_number_of_bytes_is_refused()
        => Should.Throw<InvalidOperationException>(() => PartialSum.Zero.Add([1]).Add(2));

    // RFC 1624 §4: the case for which the equation of RFC 1141 gives 0xFFFF instead of 0.
    [Fact]
    public void The_example_of_RFC_1624_updates_to_zero()
        => InternetChecksum.Update(0xDD2F, 0x5555, 0x3285).ShouldBe((ushort)0x0000);

    [Fact]
    public void An_incremental_update_equals_a_new_computation()
        => Property.Holds(
            from bytes in Any.Byte.ArrayOf(40)
            from at in Gen.Choose(0, 18)
            from value in Any.UInt32
            select (bytes, at: at * 2, value),
            static sample =>
            {
                byte[] bytes = [.. sample.bytes, 0x45, 0];
                ushort before = InternetChecksum.Compute(bytes);
                uint old32 = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(sample.at));
                ushort old16 = (ushort)(old32 >> 16), new16 = (ushort)(sample.value >> 16);

                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(sample.at), new16);
                InternetChecksum.Update(before, old16, new16).ShouldBe(InternetChecksum.Compute(bytes));

                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(sample.at), sample.value);
                InternetChecksum.Update(before, old32, sample.value).ShouldBe(InternetChecksum.Compute(bytes));
            });

    [Fact]
    public void A_changed_address_updates_the_checksum_that_covers_it()
        => Property.Holds(
            from old in Any.Addresses
            from now in Any.Addresses
            where old.Source.IsIPv4 == now.Source.IsIPv4
            select (old, now.Source),
            static sample =>
            {
                ((IpAddress source, IpAddress destination), IpAddress changed) = sample;
                ushort before = PartialSum.PseudoHeader(source, destination, IpProtocolNumber.Tcp, 20).Checksum;
                ushort after = PartialSum.PseudoHeader(changed, destination, IpProtocolNumber.Tcp, 20).Checksum;

                InternetChecksum.Update(before, source, changed).ShouldBe(after);
            });

    [Fact]
    public void UDP_never_writes_zero_for_a_computed_checksum()
    {
        PartialSum sum = PartialSum.Zero.Add([0xFF, 0xFF]);

        sum.Checksum.ShouldBe((ushort)0);
        sum.UdpChecksum.ShouldBe((ushort)0xFFFF);
    }

    private static ushort NaiveSum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        for (int i = 0; i < bytes.Length; i += 2) sum += (uint)bytes[i] << 8 | (i + 1 < bytes.Length ? bytes[i + 1] : 0u);
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)sum;
    }
}
