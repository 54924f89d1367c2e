using Slipway.Sockets;
using static Slipway.Sockets.FileControl;

namespace Slipway.Lab.Tests;

/// <summary>What a socket does when its owner's queue of real-time signals is full (fcntl(2), F_SETSIG).</summary>
public sealed class SignalQueueTests
{
    private const Signal RealTime = Signal.SIGRTMIN + 3;

    [Fact]
    [Trait("Row", "ASYNC-26")]
    public void A_full_queue_of_real_time_signals_falls_back_to_SIGIO()
    {
        using var network = new VirtualNetwork(seed: 1);
        Host host = network.AddHost("host");
        var seen = new List<Signal>();
        InetAddress address = default;
        host.Start("receiver", process =>
        {
            process.Signals.Handle(RealTime, signal => seen.Add(signal.Signal));
            process.Signals.Handle(Signal.SIGIO, signal => seen.Add(signal.Signal));
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            socket.Bind(InetAddress.LoopbackIPv4());
            address = socket.LocalAddress;
            socket.Fcntl(F_SETOWN, process.Id);
            socket.Fcntl(F_SETSIG, (int)RealTime);
            socket.Fcntl(F_SETFL, O_ASYNC);
            process.Sleep(TimeSpan.FromMinutes(1));
        }, new StartOptions { SignalQueueLimit = 1 });
        host.Start("sender", process =>
        {
            // The receiver sleeps and gets no turn between the five.
            process.Sleep(TimeSpan.FromSeconds(1));
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            for (int i = 0; i < 5; i++) socket.SendTo([1], address);
        });

        network.Run().AllEnded.ShouldBeTrue();

        seen.ShouldBe([Signal.SIGIO, RealTime], ignoreOrder: true);
    }
}
