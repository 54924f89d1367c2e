using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab.Tests;

/// <summary>Programs that talk UDP over virtual networks: blocking, async, interrupted, forked, killed.</summary>
public sealed class DatagramTests : IDisposable
{
    private readonly VirtualNetwork _net = new(seed: 7);
    private readonly Host _client, _server;
    private readonly LabLink _link;
    private readonly List<string> _log = [];

    public DatagramTests()
    {
        (_client, _server) = (_net.AddHost("client", "10.0.0.1/24"), _net.AddHost("server", "10.0.0.2/24"));
        _link = _net.Connect(_client, _server, new LinkModel { Delay = TimeSpan.FromMilliseconds(300) });
    }

    public void Dispose() => _net.Dispose();

    [Fact]
    public void A_blocking_echo_takes_the_round_trip_and_the_neighbour_lookup_before_it()
    {
        _server.Start("echo", process => Echo(process, 2));
        _client.Start("talk", process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            var buffer = new byte[16];
            for (int i = 0; i < 2; i++)
            {
                TimeSpan sent = _net.Now;
                socket.SendTo("hello"u8, new InetAddress("10.0.0.2", 7));
                socket.ReceiveFrom(buffer, out InetAddress from).ShouldBe(5);
                from.ToString().ShouldBe("10.0.0.2:7");
                _log.Add($"{(_net.Now - sent).TotalMilliseconds} ms");
            }
        });

        RunResult result = _net.Run();

        result.AllEnded.ShouldBeTrue(result.ToString());
        // The first packet waits for ARP, 600 ms more.
        _log.ShouldBe(["1200 ms", "600 ms"]);
    }

    [Fact]
    public void An_async_echo_does_the_same_at_the_same_times()
    {
        _server.Start("echo", async process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            socket.Bind(new InetAddress("0.0.0.0", 7));
            var buffer = new byte[16];
            ReceivedFrom received = await socket.ReceiveFromAsync(buffer);
            await socket.SendToAsync(buffer.AsMemory(0, received.Count), received.From);
        });
        _client.Start("talk", async process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            int thread = Environment.CurrentManagedThreadId;
            await socket.SendToAsync("hello"u8.ToArray(), new InetAddress("10.0.0.2", 7));
            var buffer = new byte[16];
            ReceivedFrom received = await socket.ReceiveFromAsync(buffer).ConfigureAwait(false);
            received.Count.ShouldBe(5);
            Environment.CurrentManagedThreadId.ShouldBe(thread, "also without the captured context");
            _log.Add($"{_net.Now.TotalMilliseconds} ms");
        });

        RunResult result = _net.Run();

        result.AllEnded.ShouldBeTrue(result.ToString());
        _log.ShouldBe(["1200 ms"]);
    }

    [Fact]
    public void An_async_receive_can_time_out_by_the_processs_clock()
    {
        _client.Start("talk", async process =>
        {
            using Socket socket = Bound(process, 9);
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5), process.Time);
            try
            {
                await socket.ReceiveAsync(new byte[1], MessageFlags.None, timeout.Token);
            }
            catch (OperationCanceledException)
            {
                _log.Add($"given up at {_net.Now}");
            }
        });

        _net.Run().AllEnded.ShouldBeTrue();

        _log.ShouldBe(["given up at 00:00:05"]);
    }

    [Fact]
    public void An_alarm_interrupts_a_blocked_receive_with_EINTR()
    {
        _client.Start("impatient", process =>
        {
            using Socket socket = Bound(process, 9);
            process.Signals.Handle(Signal.SIGALRM, _ => _log.Add($"handler at {_net.Now}"));
            process.Alarm(20);
            int length = 0;
            process.Sockets.RecvFrom(socket.Descriptor, new byte[1], MessageFlags.None, default, ref length).Error.ShouldBe(Errno.EINTR);
            _log.Add($"EINTR at {_net.Now}");
        });

        _net.Run().AllEnded.ShouldBeTrue();

        _log.ShouldBe(["handler at 00:00:20", "EINTR at 00:00:20"]);
    }

    [Fact]
    public void With_SA_RESTART_the_receive_goes_on_unless_it_has_a_timeout()
    {
        LabProcess patient = _client.Start("patient", process =>
        {
            using Socket socket = Bound(process, 9);
            process.Signals.Handle(Signal.SIGUSR1, _ => _log.Add($"handler at {_net.Now}"), restart: true);
            socket.Receive(new byte[1]).ShouldBe(1);
            _log.Add($"received at {_net.Now}");
            socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_RCVTIMEO, [60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            Should.Throw<SocketCallException>(() => socket.Receive(new byte[1])).Errno.ShouldBe(Errno.EINTR);
        });
        _client.Start("nuisance", process =>
        {
            process.Sleep(TimeSpan.FromSeconds(2));
            process.Signals.Send(patient.Id, Signal.SIGUSR1);
            process.Sleep(TimeSpan.FromSeconds(2));
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            socket.SendTo("x"u8, new InetAddress("127.0.0.1", 9));
            process.Sleep(TimeSpan.FromSeconds(2));
            process.Signals.Send(patient.Id, Signal.SIGUSR1);
        });

        _net.Run().AllEnded.ShouldBeTrue();

        _log.ShouldBe(["handler at 00:00:02", "received at 00:00:04", "handler at 00:00:06"]);
    }

    [Fact]
    public void SIGIO_of_an_own_socket_is_handled_before_the_send_returns()
    {
        _client.Start("self", process =>
        {
            using Socket socket = Bound(process, 9);
            process.Signals.Handle(Signal.SIGRTMIN, info => _log.Add($"{info.Descriptor} {info.Code} {info.Band}"));
            socket.Fcntl(FileControl.F_SETOWN, process.Id);
            socket.Fcntl(FileControl.F_SETSIG, (int)Signal.SIGRTMIN);
            socket.Fcntl(FileControl.F_SETFL, FileControl.O_ASYNC);
            socket.SendTo("x"u8, new InetAddress("127.0.0.1", 9));
            _log.Add("sent");
        });

        _net.Run().AllEnded.ShouldBeTrue();

        _log.ShouldBe(["3 1 POLLIN, POLLRDNORM", "sent"]);
    }

    [Fact]
    public void A_process_killed_in_a_receive_gives_its_port_back()
    {
        LabProcess victim = _client.Start("victim", static process =>
        {
            Socket socket = Bound(process, 9);
            socket.Receive(new byte[1]);
        });
        _client.Start("heir", process =>
        {
            process.Sleep(TimeSpan.FromSeconds(1));
            Should.Throw<SocketCallException>(() => Bound(process, 9)).Errno.ShouldBe(Errno.EADDRINUSE);
            process.Signals.Send(victim.Id, Signal.SIGKILL);
            process.Sleep(TimeSpan.Zero);
            Bound(process, 9).Dispose();
        });

        _net.Run().AllEnded.ShouldBeTrue();

        victim.KilledBy.ShouldBe(Signal.SIGKILL);
    }

    [Fact]
    public void A_child_shares_the_open_socket_and_has_a_descriptor_of_its_own()
    {
        _client.Start("parent", process =>
        {
            Socket socket = Bound(process, 10);
            int before = socket.Descriptor;
            ChildProcess child = process.StartChild("child", inner =>
            {
                var inherited = new Socket(inner.Sockets, before);
                inherited.NonBlocking = true;
                // The status flags are the open socket's; descriptors are each process's own.
                inner.Sockets.Socket(AddressFamily.Inet, SocketType.Datagram, 0).Value.ShouldBe(before + 1);
                inherited.Dispose();
            });
            child.Wait().ShouldBe(0);
            socket.NonBlocking.ShouldBeTrue();
            socket.LocalAddress.Port.ShouldBe((ushort)10);
            process.Sockets.Socket(AddressFamily.Inet, SocketType.Datagram, 0).Value.ShouldBe(before + 1);
        });

        _net.Run().AllEnded.ShouldBeTrue();
    }

    [Fact]
    public void Descriptor_1_is_the_output_of_the_process()
    {
        LabProcess writer = _client.Start("writer", static process =>
        {
            process.Out.Write("a ");
            byte[] text = System.Text.Encoding.UTF8.GetBytes("grün\n");
            process.Sockets.Write(1, text.AsSpan(0, 3)).Value.ShouldBe(3);
            process.Sockets.Write(1, text.AsSpan(3)).Value.ShouldBe(3);
        });

        _net.Run();

        writer.Output.ShouldBe("a grün\n");
    }

    [Fact]
    public void Who_waits_for_ever_in_a_socket_call_is_reported()
    {
        _server.Start("echo", process => Echo(process, 1));

        RunResult result = _net.Run();

        result.End.ShouldBe(RunEnd.Idle);
        result.ToString().ShouldStartWith("nothing more can happen at ");
        result.ToString().ShouldEndWith("\nserver/echo (pid 1001) thread main waits: recv");
    }

    [Fact]
    public void WaitUntilBlocked_returns_when_the_thread_waits_in_its_call()
    {
        _client.Start("main", process =>
        {
            using Socket socket = Bound(process, 9);
            process.Signals.Handle(Signal.SIGUSR1, static _ => { });
            ProcessThread thread = process.StartThread("receiver", () => Should.Throw<SocketCallException>(() => socket.Receive(new byte[1])).Errno.ShouldBe(Errno.EINTR));
            thread.WaitUntilBlocked();
            thread.Interrupt(Signal.SIGUSR1).ShouldBe(Errno.None);
            thread.Join();
        });

        _net.Run().AllEnded.ShouldBeTrue();
    }

    [Fact]
    public void A_link_can_be_cut_and_mended_at_given_times()
    {
        _net.At(TimeSpan.FromSeconds(5), () => _link.IsUp = false);
        _net.At(TimeSpan.FromSeconds(10), () => (_link.IsUp, _link.Model) = (true, LinkModel.Plain));
        _server.Start("sink", process =>
        {
            using Socket socket = Bound(process, 9);
            var buffer = new byte[1];
            while (true)
            {
                socket.Receive(buffer);
                _log.Add($"{buffer[0]} at {_net.Now.TotalSeconds}");
            }
        });
        _client.Start("source", static process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            for (byte i = 0; i < 4; i++)
            {
                socket.SendTo([i], new InetAddress("10.0.0.2", 9));
                process.Sleep(TimeSpan.FromSeconds(4));
            }
        });

        _net.Run();

        _log.ShouldBe(["0 at 0.9", "1 at 4.3", "3 at 12"]);
    }

    [Fact]
    public void Packets_cross_routers_and_switches_by_the_automatic_routes()
    {
        using var net = new VirtualNetwork(seed: 2);
        Host a = net.AddHost("a", "10.1.0.1/24", "fd01::1/64"), b = net.AddHost("b", "10.3.0.1/24", "fd03::1/64");
        Host r1 = net.AddRouter("r1", "10.1.0.254/24", "10.2.0.1/24", "fd01::fe/64", "fd02::1/64"), r2 = net.AddRouter("r2", "10.2.0.2/24", "10.3.0.254/24", "fd02::2/64", "fd03::fe/64");
        Switch floor = net.AddSwitch("floor");
        net.Connect(a, floor);
        net.Connect(floor, r1);
        net.Connect(r1, r2);
        net.Connect(r2, b);
        b.Start("echo", static process => Echo(process, 2, AddressFamily.Inet6));
        LabProcess talk = a.Start("talk", static process =>
        {
            foreach (string to in (string[])["10.3.0.1", "fd03::1"])
            {
                var address = new InetAddress(to, 7);
                using Socket socket = process.Sockets.Open(address.Family, SocketType.Datagram);
                socket.SendTo("x"u8, address);
                socket.Receive(new byte[1]).ShouldBe(1);
            }
        });

        net.Run();

        talk.ExitStatus.ShouldBe(0);
    }

    [Fact]
    public void A_thousand_clients_at_once_are_all_answered()
    {
        using var net = new VirtualNetwork(seed: 4, new VirtualNetworkOptions { Capture = CaptureMode.Off });
        Host client = net.AddHost("client", "10.0.0.1/24"), server = net.AddHost("server", "10.0.0.2/24");
        net.Connect(client, server, new LinkModel { Delay = TimeSpan.FromMilliseconds(1) });
        server.Start("echo", static process => Echo(process, int.MaxValue));
        // A thousand datagrams come at one moment.
        server.SetSysctl("net.core.rmem_default", "4194304");
        int answered = 0;
        for (int i = 0; i < 1000; i++)
        {
            client.Start($"c{i}", process =>
            {
                // Behind the neighbour lookup, whose queue is short.
                process.Sleep(TimeSpan.FromMilliseconds(10));
                using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
                socket.Connect(new InetAddress("10.0.0.2", 7));
                Span<byte> buffer = stackalloc byte[64];
                for (int round = 0; round < 5; round++)
                {
                    socket.Send(buffer);
                    if (socket.Poll(PollEvents.POLLIN, TimeSpan.FromSeconds(1)) == PollEvents.None) return;
                    socket.Receive(buffer).ShouldBe(64);
                }
                answered++;
            });
        }
        client.Start("opener", static process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            socket.SendTo("x"u8, new InetAddress("10.0.0.2", 7));
        });

        net.Run();

        answered.ShouldBe(1000);
    }

    private static Socket Bound(HostProcess process, ushort port)
    {
        Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
        try
        {
            socket.Bind(new InetAddress("0.0.0.0", port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void Echo(HostProcess process, int count, AddressFamily family = AddressFamily.Inet)
    {
        using Socket socket = process.Sockets.Open(family, SocketType.Datagram);
        socket.Bind(new InetAddress(family == AddressFamily.Inet ? "0.0.0.0" : "::", 7));
        Span<byte> buffer = stackalloc byte[2048];
        for (int i = 0; i < count; i++)
        {
            int length = socket.ReceiveFrom(buffer, out InetAddress from);
            socket.SendTo(buffer[..length], from);
        }
    }
}
