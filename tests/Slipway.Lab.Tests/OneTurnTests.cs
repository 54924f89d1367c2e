using Slipway.Sockets;

namespace Slipway.Lab.Tests;

/// <summary>Exactly one virtual thread runs at a time, also while threads begin and end and the machine's threads are used again.</summary>
public sealed class OneTurnTests
{
    [Fact]
    public void Threads_that_begin_and_end_never_run_side_by_side()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            int running = 0;
            using var network = new VirtualNetwork(seed);
            Host host = network.AddHost("host");
            host.Start("parent", process =>
            {
                for (int i = 0; i < 10; i++)
                {
                    ProcessThread waiting = process.StartThread("waiting", () =>
                    {
                        Alone(ref running);
                        process.Sleep(TimeSpan.FromMilliseconds(1));
                        Alone(ref running);
                    });
                    process.StartThread("short", () => Alone(ref running)).Join();
                    waiting.WaitUntilBlocked();
                    Alone(ref running);
                    waiting.Join();
                }
            });
            network.Run().AllEnded.ShouldBeTrue();
        }
    }

    private static void Alone(ref int running)
    {
        Interlocked.Increment(ref running).ShouldBe(1);
        Thread.SpinWait(50);
        Interlocked.Decrement(ref running);
    }
}
