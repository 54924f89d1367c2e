using Slipway.Sockets;

namespace Slipway.Lab.Tests;

/// <summary>Process descriptors of virtual processes: they tell of the end, signal and wait, and mean one process for ever.</summary>
public sealed class ProcessDescriptorTests : IDisposable
{
    private const PollEvents Any = (PollEvents)0x3FFF, Ended = PollEvents.POLLIN | PollEvents.POLLRDNORM;

    private readonly VirtualNetwork _net = new(seed: 7);
    private readonly Host _host;

    public ProcessDescriptorTests() => _host = _net.AddHost("host");

    public void Dispose() => _net.Dispose();

    [Fact]
    public void A_parent_polls_for_the_end_of_a_child_and_waits_for_it_by_the_descriptor()
    {
        _host.Start("parent", parent =>
        {
            ChildProcess child = parent.StartChild("child", static child =>
            {
                child.Sleep(TimeSpan.FromSeconds(3));
                child.ExitCode = 7;
            });
            int descriptor = parent.Sockets.OpenProcess(child.Id).Value, impatient = parent.Sockets.OpenProcess(child.Id, FileControl.O_NONBLOCK).Value;
            parent.Sockets.WaitProcess(impatient).Error.ShouldBe(Errno.EAGAIN);
            PollOne(parent, descriptor, 1000).ShouldBe(PollEvents.None);
            PollOne(parent, descriptor, -1).ShouldBe(Ended);
            _net.Now.ShouldBe(TimeSpan.FromSeconds(3));
            parent.Sockets.SignalProcess(descriptor, Signal.None).ShouldBe(Errno.None); // a zombie takes any
            parent.Sockets.WaitProcess(impatient).Value.ShouldBe(7);
            PollOne(parent, descriptor, 0).ShouldBe(Ended | PollEvents.POLLHUP);
            parent.Sockets.WaitProcess(descriptor).Error.ShouldBe(Errno.ECHILD);
            parent.Sockets.SignalProcess(descriptor, Signal.None).ShouldBe(Errno.ESRCH);
            parent.Sockets.OpenProcess(child.Id).Error.ShouldBe(Errno.ESRCH);
        });

        _net.Run().Failed.ShouldBeEmpty();
    }

    [Fact]
    public void A_wait_by_the_descriptor_blocks_until_the_child_is_killed_through_it()
    {
        _host.Start("parent", parent =>
        {
            ChildProcess child = parent.StartChild("child", static child => child.Sleep(TimeSpan.FromHours(1)));
            int descriptor = parent.Sockets.OpenProcess(child.Id).Value;
            parent.StartThread("killer", () =>
            {
                parent.Sleep(TimeSpan.FromSeconds(5));
                parent.Sockets.SignalProcess(descriptor, Signal.SIGKILL).ShouldBe(Errno.None);
            });
            parent.Sockets.WaitProcess(descriptor).Value.ShouldBe(128 + (int)Signal.SIGKILL);
            _net.Now.ShouldBe(TimeSpan.FromSeconds(5));
        });

        _net.Run().Failed.ShouldBeEmpty();
    }

    [Fact]
    public void A_server_watches_its_clients_by_the_descriptors_of_their_sockets()
    {
        _host.Start("server", server =>
        {
            using Socket listener = server.Sockets.Open(AddressFamily.Unix, SocketType.Stream);
            listener.Bind(UnixAddress.FromPath("/tmp/service"));
            listener.Listen(5);
            using Socket client = listener.Accept();
            byte[] number = new byte[4];
            int length = 4;
            server.Sockets.GetSockOpt(client.Descriptor, SocketLevel.SOL_SOCKET, SocketOptionName.SO_PEERPIDFD, number, ref length).ShouldBe(Errno.None);
            int peer = BitConverter.ToInt32(number);
            server.Sockets.SignalProcess(peer, Signal.SIGTERM).ShouldBe(Errno.EPERM);
            server.Sockets.WaitProcess(peer).Error.ShouldBe(Errno.ECHILD);
            int epoll = server.Sockets.EpollCreate().Value;
            server.Sockets.EpollControl(epoll, EpollOperation.EPOLL_CTL_ADD, peer, new EpollEntry(EpollEvents.EPOLLIN, 5)).ShouldBe(Errno.None);
            server.Sockets.EpollWait(epoll, new EpollEntry[1], TimeSpan.FromMinutes(2)).Value.ShouldBe(1);
            _net.Now.ShouldBe(TimeSpan.FromMinutes(1));
            PollOne(server, peer, 0).ShouldBe(Ended | PollEvents.POLLHUP); // the lab, whose child it was, has seen its end
        }, new StartOptions { UserId = 5 });
        _host.Start("client", client =>
        {
            using Socket socket = client.Sockets.Open(AddressFamily.Unix, SocketType.Stream);
            socket.Connect(UnixAddress.FromPath("/tmp/service"));
            client.Sleep(TimeSpan.FromMinutes(1));
        });

        _net.Run().Failed.ShouldBeEmpty();
    }

    private static PollEvents PollOne(HostProcess process, int descriptor, int milliseconds)
    {
        PollEntry[] entries = [new PollEntry(descriptor, Any)];
        process.Sockets.Poll(entries, milliseconds).Succeeded.ShouldBeTrue();
        return entries[0].Returned;
    }
}
