using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.FileControl;

namespace Slipway.Conformance;

/// <summary>Owners of sockets that are threads, processes and groups, and who may be one (fcntl(2), F_SETOWN_EX).</summary>
public static class OwnerScenarios
{
    private const string NoChildren = "a function cannot run in a child of the kernel: the row's own program showed it";

    /// <summary>F_SETOWN_EX names the kind, and F_GETOWN_EX gives it back, even of an owner that was taken away.</summary>
    [Scenario("ASYNC-12", "ASYNC-13", "FC-007", OwnProcess = true)] // the number of the process is that of its first thread
    public static void OwnersOfThreeKinds(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Equal((F_OWNER_TID, 0), OwnerOf(socket));
        foreach ((int kind, int id, int plain) in new[] { (F_OWNER_TID, host.Id, host.Id), (F_OWNER_PID, host.Id, host.Id), (F_OWNER_PGRP, host.ProcessGroup, -host.ProcessGroup) })
        {
            Expect.Success(SetOwner(socket, kind, id));
            Expect.Equal((kind, id), OwnerOf(socket));
            Expect.Equal(plain, socket.Fcntl(F_GETOWN));
            Expect.Success(SetOwner(socket, kind, 0));
            Expect.Equal((kind, 0), OwnerOf(socket));
        }
        socket.Fcntl(F_SETOWN, -host.ProcessGroup);
        Expect.Equal((F_OWNER_PGRP, host.ProcessGroup), OwnerOf(socket));
        socket.Fcntl(F_SETOWN, host.Id);
        Expect.Fails(Errno.EINVAL, SetOwner(socket, 3, host.Id));
        Expect.Fails(Errno.EINVAL, SetOwner(socket, -1, host.Id));
        Expect.Fails(Errno.ESRCH, SetOwner(socket, F_OWNER_PID, 0x3FFFFFF));
        Expect.Fails(Errno.ESRCH, SetOwner(socket, F_OWNER_PGRP, 0x3FFFFFF));
        Expect.Fails(Errno.ESRCH, SetOwner(socket, F_OWNER_PID, -host.Id));
        Expect.Equal((F_OWNER_PID, host.Id), OwnerOf(socket));
    }

    /// <summary>Each kind of owner gets the signal, SIGURG as well as what F_SETSIG says.</summary>
    [Scenario("FC-010", "FC-019", "FC-021", "ASYNC-20", OwnProcess = true)]
    public static void EachKindIsTold(HostProcess host)
    {
        const Signal RealTime = Signal.SIGRTMIN + 3;
        SignalLog urgent = new(host, Signal.SIGURG), ready = new(host, RealTime);
        Expect.Success(host.SetProcessGroup(0));
        Expect.Equal(host.Id, host.ProcessGroup);
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            server.Fcntl(F_SETSIG, (int)RealTime);
            foreach (int kind in new[] { F_OWNER_PID, F_OWNER_PGRP })
            {
                Expect.Success(SetOwner(server, kind, host.Id));
                server.Fcntl(F_SETFL, 0);
                client.SendText("1", MessageFlags.MSG_OOB);
                Expect.Equal(Signal.SIGURG, urgent.Next().Signal);
                server.Fcntl(F_SETFL, O_ASYNC);
                client.SendText("x");
                SignalInfo signal = ready.Next();
                Expect.Equal((1, server.Descriptor, PollEvents.POLLIN | PollEvents.POLLRDNORM), (signal.Code, signal.Descriptor, signal.Band));
                urgent.ExpectCount(0);
                ready.ExpectCount(0);
            }
        }
    }

    /// <summary>All members of the group get the signal, and nobody else.</summary>
    [Scenario("FC-010", NotOnKernel = NoChildren)]
    public static void AllMembersAreTold(HostProcess host)
    {
        Expect.Success(host.SetProcessGroup(0));
        var own = new SignalLog(host, Signal.SIGIO);
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            List<ChildProcess> members = [.. Enumerable.Range(0, 3).Select(i => host.StartChild($"member {i}", static process => CountSignals(process)))];
            ChildProcess apart = host.StartChild("apart", static process =>
            {
                Expect.Success(process.SetProcessGroup(0));
                CountSignals(process);
            });
            host.Sleep(TimeSpan.FromSeconds(1));
            receiver.Fcntl(F_SETOWN, -host.ProcessGroup);
            receiver.Fcntl(F_SETFL, O_ASYNC);
            sender.SendText("x");
            Expect.Equal(Signal.SIGIO, own.Next().Signal);
            foreach (ChildProcess member in members) Expect.Equal(1, member.Wait());
            Expect.Equal(0, apart.Wait());
            own.ExpectCount(0);
        }
    }

    /// <summary>Anybody may be named; whether the signal is sent goes by the user who named them, when they did (sigio_perm).</summary>
    [Scenario("FC-011", NotOnKernel = "only the effective user changes there, and the real one counts too: a program that became another user whole showed it")]
    public static void WhoNamedTheOwner(HostProcess host)
    {
        var seen = new SignalLog(host, Signal.SIGIO);
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            receiver.Fcntl(F_SETFL, O_ASYNC);
            host.RunAsUser(65534, () => receiver.Fcntl(F_SETOWN, host.Id));
            Expect.Equal(host.Id, receiver.Fcntl(F_GETOWN));
            sender.SendText("named by another user");
            seen.ExpectCount(0);
            receiver.Fcntl(F_SETOWN, host.Id);
            host.RunAsUser(65534, () => sender.SendText("sent by another user"));
            Expect.Equal(Signal.SIGIO, seen.Next().Signal);
            seen.ExpectCount(0);
        }
    }

    /// <summary>Ends after a while with the number of signals that came.</summary>
    private static void CountSignals(HostProcess process)
    {
        int count = 0;
        Expect.Success(process.Signals.Handle(Signal.SIGIO, _ => count++));
        TimeSpan left = TimeSpan.FromSeconds(5);
        while (left > TimeSpan.Zero) left = process.Sleep(left);
        process.ExitCode = count;
    }

    private static CallResult SetOwner(Socket socket, int kind, int id)
    {
        byte[] owner = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(owner, kind);
        BinaryPrimitives.WriteInt32LittleEndian(owner.AsSpan(4), id);
        return socket.System.Fcntl(socket.Descriptor, F_SETOWN_EX, owner);
    }

    private static (int Kind, int Id) OwnerOf(Socket socket)
    {
        byte[] owner = new byte[8];
        Expect.Success(socket.System.Fcntl(socket.Descriptor, F_GETOWN_EX, owner));
        return (BinaryPrimitives.ReadInt32LittleEndian(owner), BinaryPrimitives.ReadInt32LittleEndian(owner.AsSpan(4)));
    }
}
