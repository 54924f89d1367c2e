namespace Slipway.Linux.Tests;

/// <summary>The gate on which a thread sleeps, and the kernel's randomness.</summary>
public sealed class ThreadingTests
{
    [Fact]
    public void A_gate_holds_one_signal_and_gives_it_to_one_wait()
    {
        var gate = new FutexGate();
        gate.Wait(TimeSpan.Zero).ShouldBeFalse();
        gate.Set();
        gate.Set();
        gate.Wait();
        gate.Wait(TimeSpan.FromMilliseconds(1)).ShouldBeFalse();
        gate.Set();
        gate.Wait(TimeSpan.Zero).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public void Two_threads_hand_over_to_each_other_and_no_signal_is_lost(int spins)
    {
        const int Rounds = 20_000;
        var there = new FutexGate();
        var back = new FutexGate();
        int counter = 0;
        var thread = new Thread(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                there.Wait(spins);
                counter++;
                back.Set();
            }
        });
        thread.Start();
        for (int i = 0; i < Rounds; i++)
        {
            there.Set();
            back.Wait(spins);
            counter.ShouldBe(i + 1);
        }
        thread.Join();
    }

    [Fact]
    public void Randomness_fills_the_whole_span()
    {
        byte[] room = new byte[100_000];
        LinuxRandom.Fill(room);
        // All 256 values stand about 390 times each: fewer than 200 of any is out of the question for random bytes.
        room.CountBy(static value => value).ShouldAllBe(static pair => pair.Value > 200);
        LinuxRandom.Fill([]);
    }
}
