using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>RFC 6528: initial sequence numbers that only the ends can tell.</summary>
public sealed class TcpSecretsTests
{
    private const long Second = 1_000_000_000;
    private static readonly TcpTuple Ends = new(IpAddress.Parse("10.0.0.1"), 40_000, IpAddress.Parse("10.0.0.2"), 80);
    private readonly TcpSecrets _secrets = new(new SeededRandom(1));

    [Fact]
    public void Within_one_pair_of_ends_numbers_follow_a_clock_of_64_nanoseconds()
    {
        uint first = _secrets.InitialSequence(Ends, 5 * Second);

        _secrets.InitialSequence(Ends, 5 * Second + 64).ShouldBe(first + 1);
        _secrets.InitialSequence(Ends, 6 * Second).ShouldBe(first + 15_625_000);
        // It comes round after 2^32 · 64 ns = 274.9 s: longer than two maximum segment lifetimes of two minutes.
        _secrets.InitialSequence(Ends, 5 * Second + (1L << 38)).ShouldBe(first);
        for (long t = 0; t < 120; t++)
            SequenceNumber.After(_secrets.InitialSequence(Ends, (t + 1) * Second), _secrets.InitialSequence(Ends, t * Second)).ShouldBeTrue();
    }

    [Fact]
    public void Another_pair_of_ends_has_unrelated_numbers()
    {
        var numbers = new HashSet<uint>();
        for (ushort port = 1; port <= 1000; port++) numbers.Add(_secrets.InitialSequence(Ends with { RemotePort = port }, 0)).ShouldBeTrue();
        for (ushort port = 1; port <= 1000; port++) numbers.Add(_secrets.InitialSequence(Ends with { LocalPort = port }, 0)).ShouldBeTrue();
        // The ends are not interchangeable: a reflected SYN meets a different number.
        numbers.Add(_secrets.InitialSequence(new TcpTuple(Ends.Remote, Ends.RemotePort, Ends.Local, Ends.LocalPort), 0)).ShouldBeTrue();
        numbers.Add(_secrets.InitialSequence(Ends with { Remote = IpAddress.Parse("fd00::2") }, 0)).ShouldBeTrue();
    }

    [Fact]
    public void Another_secret_gives_other_numbers_and_the_same_seed_the_same()
    {
        new TcpSecrets(new SeededRandom(2)).InitialSequence(Ends, 0).ShouldNotBe(_secrets.InitialSequence(Ends, 0));
        new TcpSecrets(new SeededRandom(1)).InitialSequence(Ends, 0).ShouldBe(_secrets.InitialSequence(Ends, 0));
    }

    [Fact]
    public void Connections_of_two_hosts_share_their_timestamp_offset()
    {
        // RFC 7323 section 5.4; the ports do not take part, so that timestamps stay monotonic from one connection to the next.
        uint offset = _secrets.TimestampOffset(Ends.Local, Ends.Remote);
        _secrets.TimestampOffset(Ends.Local, Ends.Remote).ShouldBe(offset);
        _secrets.TimestampOffset(Ends.Local, IpAddress.Parse("10.0.0.3")).ShouldNotBe(offset);
    }

    [Fact]
    public void They_allocate_nothing()
    {
        uint sum = 0;
        Allocations.Of(() => sum += _secrets.InitialSequence(Ends, 0) + _secrets.TimestampOffset(Ends.Local, Ends.Remote)).ShouldBe(0);
    }
}
