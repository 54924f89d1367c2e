using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class RandomSourceTests
{
    /// <summary>The first numbers of the reference implementation (xoshiro256**, its state from SplitMix64 of 42), so that no version changes the streams.</summary>
    [Fact]
    public void The_stream_of_a_seed_is_part_of_the_contract()
    {
        var random = new SeededRandom(42);

        ulong[] first = [random.NextUInt64(), random.NextUInt64(), random.NextUInt64()];

        first.ShouldBe(Reference(42, 3));
        first[0].ShouldBe(1546998764402558742UL);
    }

    [Fact]
    public void Derived_streams_depend_on_seed_and_name_alone()
    {
        var network = new SeededRandom(7);
        ulong before = network.Derive("server").NextUInt64();
        network.NextUInt64();

        network.Derive("server").NextUInt64().ShouldBe(before);
        network.Derive("client").NextUInt64().ShouldNotBe(before);
        new SeededRandom(8).Derive("server").NextUInt64().ShouldNotBe(before);
        network.Derive("a").Derive("b").NextUInt64().ShouldNotBe(network.Derive("b").Derive("a").NextUInt64());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(1000)]
    public void Bounded_numbers_stay_below_the_bound_and_spread_evenly(int bound)
    {
        var random = new SeededRandom(1);
        int draws = bound * 2000;
        int[] counts = new int[bound];

        for (int i = 0; i < draws; i++) counts[random.Next(bound)]++;

        // 2000 expected in each; ten standard deviations are about 450.
        counts.Min().ShouldBeGreaterThan(1550);
        counts.Max().ShouldBeLessThan(2450);
    }

    [Fact]
    public void Bounds_near_the_top_of_the_range_are_met()
    {
        var random = new SeededRandom(2);
        for (int i = 0; i < 10_000; i++)
        {
            random.Next(int.MaxValue).ShouldBeInRange(0, int.MaxValue - 1);
            random.NextInt64(long.MaxValue).ShouldBeInRange(0, long.MaxValue - 1);
            random.NextInRange(32768, 60999).ShouldBeInRange(32768, 60999);
            random.NextDouble().ShouldBeInRange(0, 1 - 1e-16);
        }
        Should.Throw<ArgumentOutOfRangeException>(() => random.Next(0));
        Should.Throw<ArgumentOutOfRangeException>(() => random.NextInt64(-1));
    }

    [Fact]
    public void Chance_is_never_for_0_always_for_1_and_right_in_the_long_run()
    {
        var random = new SeededRandom(5);
        int hits = 0;
        for (int i = 0; i < 100_000; i++)
        {
            random.Chance(0).ShouldBeFalse();
            random.Chance(1).ShouldBeTrue();
            if (random.Chance(0.01)) hits++;
        }

        hits.ShouldBeInRange(900, 1100);
    }

    [Fact]
    public void Fill_writes_every_byte_for_any_length()
    {
        for (int length = 0; length < 40; length++)
        {
            byte[] sum = new byte[length];
            var random = new SeededRandom(11);
            for (int i = 0; i < 20; i++)
            {
                byte[] bytes = new byte[length];
                random.Fill(bytes);
                for (int j = 0; j < length; j++) sum[j] |= bytes[j];
            }
            sum.ShouldAllBe(b => b != 0);
        }
    }

    private static ulong[] Reference(ulong seed, int count)
    {
        ulong[] s = new ulong[4];
        for (int i = 0; i < 4; i++)
        {
            seed = unchecked(seed + 0x9E3779B97F4A7C15);
            ulong z = seed;
            z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
            z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
            s[i] = z ^ (z >> 31);
        }
        ulong[] numbers = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            ulong x = unchecked(s[1] * 5);
            numbers[i] = unchecked(((x << 7) | (x >> 57)) * 9);
            ulong t = s[1] << 17;
            s[2] ^= s[0];
            s[3] ^= s[1];
            s[1] ^= s[2];
            s[0] ^= s[3];
            s[2] ^= t;
            s[3] = (s[3] << 45) | (s[3] >> 19);
        }
        return numbers;
    }
}
