using System.Numerics;
using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>What holds for every model of a link, tried with many drawn by seed.</summary>
public sealed class LinkModelPropertyTests
{
    [Fact]
    public void Every_packet_is_accounted_for_under_any_model_and_none_is_kept()
    {
        for (ulong seed = 1; seed <= 60; seed++)
        {
            LinkFixture net = Exchange(seed);

            PathCounters path = net.Link.ForthCounters;
            path.Entered.ShouldBe(500, $"seed {seed}");
            (path.Entered + path.Duplicated).ShouldBe(path.Left + path.Lost + path.TooLong + path.Overflowed, $"seed {seed}");
            net.AtB.Packets.Count.ShouldBe((int)path.Left, $"seed {seed}");
            net.NothingIsLost();
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_packets_at_the_same_times_byte_for_byte()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            List<(long Time, byte[] Bytes)> first = Exchange(seed).AtB.Packets, second = Exchange(seed).AtB.Packets;

            second.Select(Line).ShouldBe(first.Select(Line), Case.Sensitive, $"seed {seed}");
        }
    }

    [Fact]
    public void Without_reordering_nothing_overtakes_whatever_the_model_becomes_meanwhile()
    {
        for (ulong seed = 1; seed <= 40; seed++)
        {
            LinkFixture net = Exchange(seed, reordering: false);

            int[] numbers = [.. net.AtB.Packets.Select(static p => p.Bytes[0] << 8 | p.Bytes[1])];
            int breaks = Enumerable.Range(1, Math.Max(0, numbers.Length - 1)).Count(i => numbers[i] < numbers[i - 1]);
            breaks.ShouldBe(0, $"seed {seed}");
        }
    }

    [Fact]
    public void A_busy_line_sends_each_packet_at_the_exact_time_rounded_down()
    {
        for (ulong seed = 1; seed <= 30; seed++)
        {
            var random = new SeededRandom(seed);
            long rate = 1 + random.NextInt64(10_000_000_000);
            var net = new LinkFixture(new LinkModel { Rate = rate, QueuePackets = 10_000 });
            BigInteger bits = 0;
            var expected = new List<long>();
            using (net.Loop.Enter())
            {
                for (int i = 0; i < 300; i++)
                {
                    int length = 1 + random.Next(1500);
                    bits += length * 8;
                    expected.Add((long)(bits * 1_000_000_000 / rate));
                    net.A.Transmit(net.Packet(length, i));
                }
            }
            net.Run();

            net.AtB.Times.SequenceEqual(expected).ShouldBeTrue($"rate {rate}");
        }
    }

    private static string Line((long Time, byte[] Bytes) packet) => $"{packet.Time} {Convert.ToHexString(packet.Bytes)}";

    /// <summary>Sends 500 numbered packets over a drawn model that changes twice on the way.</summary>
    private static LinkFixture Exchange(ulong seed, bool reordering = true)
    {
        var random = new SeededRandom(seed);
        var net = new LinkFixture(Draw(random, reordering), seed: seed);
        for (int i = 0; i < 500; i++)
        {
            using (net.Loop.Enter())
            {
                if (i is 170 or 340) net.Link.Forth = Draw(random, reordering);
                PacketBuffer packet = net.Packet(2 + random.Next(1400), 0);
                packet.Span[0] = (byte)(i >> 8);
                packet.Span[1] = (byte)i;
                net.A.Transmit(packet);
            }
            if (random.Next(5) == 0) net.RunUntil(net.Clock.Now + random.NextInt64(3 * StackClock.Millisecond));
        }
        net.Run();
        return net;
    }

    private static LinkModel Draw(SeededRandom random, bool reordering) => new()
    {
        Mtu = random.Next(4) == 0 ? 1000 : null,
        Delay = TimeSpan.FromTicks(random.Next(3) * random.Next(100_000)),
        Jitter = TimeSpan.FromTicks(random.Next(2) * random.Next(50_000)),
        Rate = random.Next(2) == 0 ? null : 1 + random.NextInt64(100_000_000),
        QueuePackets = 1 + random.Next(50),
        QueueBytes = 1 + random.NextInt64(100_000),
        Loss = random.Next(2) * random.NextDouble(),
        BurstLoss = random.Next(3) == 0 ? new BurstLoss(random.NextDouble(), random.NextDouble(), random.NextDouble()) : null,
        Duplication = random.Next(2) * random.NextDouble(),
        Reordering = reordering ? random.Next(2) * random.NextDouble() : 0,
        ReorderingDelay = TimeSpan.FromTicks(random.Next(100_000)),
        // Damage would change the numbers by which order is judged.
        Corruption = reordering ? random.Next(2) * random.NextDouble() : 0,
    };
}
