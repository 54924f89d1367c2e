using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>The calls pass to the kernel as they are: lengths, values and errno.</summary>
public sealed class CallTests
{
    private static readonly LinuxSystem s_system = LinuxSystem.Current;

    [Fact]
    public void Datagrams_cross_the_loopback_with_their_source()
    {
        using Socket server = BoundDatagramSocket(), client = BoundDatagramSocket();
        client.SendTo("hello"u8, server.LocalAddress).ShouldBe(5);
        byte[] room = new byte[16];
        server.ReceiveFrom(room, out InetAddress from).ShouldBe(5);
        from.ShouldBe(client.LocalAddress);
        Encoding.ASCII.GetString(room, 0, 5).ShouldBe("hello");
    }

    [Fact]
    public void A_datagram_received_into_no_room_is_taken_and_cut()
    {
        using Socket server = BoundDatagramSocket(), client = BoundDatagramSocket();
        client.SendTo("first"u8, server.LocalAddress);
        client.SendTo([], server.LocalAddress).ShouldBe(0);
        server.Receive([], MessageFlags.MSG_TRUNC).ShouldBe(5);
        server.Receive(new byte[4]).ShouldBe(0); // the empty datagram
        server.Invoking(MessageFlags.MSG_DONTWAIT).ShouldBe(Errno.EAGAIN);
    }

    [Fact]
    public void A_stream_connects_carries_bytes_and_ends()
    {
        using Socket listener = s_system.Open(AddressFamily.Inet6, SocketType.Stream);
        listener.Bind(InetAddress.LoopbackIPv6());
        listener.Listen(4);
        using Socket client = s_system.Open(AddressFamily.Inet6, SocketType.Stream);
        client.Connect(listener.LocalAddress);
        using Socket peer = listener.Accept(out InetAddress from, SocketType.CloseOnExec);
        from.ShouldBe(client.LocalAddress);
        peer.Fcntl(FileControl.F_GETFD).ShouldBe(FileControl.FD_CLOEXEC);
        client.Send("abc"u8).ShouldBe(3);
        client.Shutdown(ShutdownHow.Send);
        byte[] room = new byte[8];
        peer.ReceiveFrom(room, out InetAddress none).ShouldBe(3);
        none.ShouldBe(default); // a stream gives no source
        peer.Receive(room).ShouldBe(0);
    }

    [Fact]
    public void Local_sockets_pass_through()
    {
        byte[] name = [1, 0, 0, .. Encoding.ASCII.GetBytes($"slipway-{Environment.ProcessId}")];
        int listener = s_system.Socket(AddressFamily.Unix, SocketType.Stream, 0).Value, client = s_system.Socket(AddressFamily.Unix, SocketType.Stream, 0).Value;
        s_system.Bind(listener, name).ShouldBe(Errno.None);
        s_system.Listen(listener, 1).ShouldBe(Errno.None);
        s_system.Connect(client, name).ShouldBe(Errno.None);
        int length = 0;
        int peer = s_system.Accept(listener, default, ref length, SocketType.None).Value;
        s_system.Write(peer, "x"u8).ShouldBe(1);
        s_system.Read(client, new byte[2]).ShouldBe(1);
        length = 64;
        byte[] room = new byte[64];
        s_system.GetPeerName(client, room, ref length).ShouldBe(Errno.None);
        room.AsSpan(0, length).ToArray().ShouldBe(name);
        foreach (int descriptor in new[] { listener, client, peer }) s_system.Close(descriptor).ShouldBe(Errno.None);
        s_system.SocketPair(AddressFamily.Unix, SocketType.Datagram, 0, out int first, out int second).ShouldBe(Errno.None);
        s_system.Close(first);
        s_system.Close(second);
        s_system.SocketPair(AddressFamily.Inet, SocketType.Datagram, 0, out _, out _).ShouldBe(Errno.EOPNOTSUPP);
    }

    [Theory]
    [InlineData(-1, 0, Errno.EINVAL)]
    [InlineData(0, 16, Errno.None)]
    [InlineData(4, 16, Errno.None)]
    [InlineData(16, 16, Errno.None)]
    [InlineData(400, 16, Errno.None)]
    public void The_length_of_a_name_is_the_callers_claim_in_and_the_true_length_out(int claim, int length, Errno expected)
    {
        using Socket socket = BoundDatagramSocket();
        byte[] room = new byte[16];
        int value = claim;
        s_system.GetSockName(socket.Descriptor, room, ref value).ShouldBe(expected);
        if (expected != Errno.None) return;
        value.ShouldBe(length);
        room.AsSpan(Math.Clamp(claim, 0, 16)).ToArray().ShouldAllBe(static unwritten => unwritten == 0);
        if (claim >= 4) BinaryPrimitives.ReadUInt16BigEndian(room.AsSpan(2)).ShouldBe(socket.LocalAddress.Port);
    }

    [Fact]
    public void An_option_may_be_read_with_less_or_more_claim_than_it_has()
    {
        using Socket socket = BoundDatagramSocket();
        byte[] room = new byte[4];
        int length = 400; // beyond the span
        s_system.GetSockOpt(socket.Descriptor, SocketLevel.SOL_SOCKET, SocketOptionName.SO_TYPE, room, ref length).ShouldBe(Errno.None);
        length.ShouldBe(4);
        BinaryPrimitives.ReadInt32LittleEndian(room).ShouldBe((int)SocketType.Datagram);
        length = 1;
        s_system.GetSockOpt(socket.Descriptor, SocketLevel.SOL_SOCKET, SocketOptionName.SO_TYPE, room, ref length).ShouldBe(Errno.None);
        length.ShouldBe(1);
        length = -1;
        s_system.GetSockOpt(socket.Descriptor, SocketLevel.SOL_SOCKET, SocketOptionName.SO_TYPE, room, ref length).ShouldBe(Errno.EINVAL);
        s_system.SetSockOpt(socket.Descriptor, SocketLevel.SOL_SOCKET, SocketOptionName.SO_REUSEADDR, []).ShouldBe(Errno.EINVAL);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(1024)]
    public void Messages_are_gathered_and_scattered_over_any_number_of_pieces(int pieces)
    {
        using Socket server = BoundDatagramSocket(), client = BoundDatagramSocket();
        client.Connect(server.LocalAddress);
        byte[] data = [.. Enumerable.Range(0, pieces * 3).Select(static value => (byte)value)];
        ReadOnlyMemory<byte>[] sent = [.. Enumerable.Range(0, pieces).Select(index => (ReadOnlyMemory<byte>)data.AsMemory(index * 3, 3))];
        client.SendMessage(new SendMessage { Vectors = sent }).ShouldBe(data.Length);
        byte[] room = new byte[data.Length];
        Memory<byte>[] received = [.. Enumerable.Range(0, pieces).Select(index => room.AsMemory(index * 3, 3))];
        var message = new ReceiveMessage { Vectors = received, Address = new byte[28] };
        server.ReceiveMessage(ref message).ShouldBe(data.Length);
        room.ShouldBe(data);
        message.AddressLength.ShouldBe(16);
        message.Flags.ShouldBe(MessageFlags.None);
        s_system.WriteV(client.Descriptor, sent).ShouldBe(data.Length);
        Array.Clear(room);
        s_system.ReadV(server.Descriptor, received).ShouldBe(data.Length);
        room.ShouldBe(data);
    }

    [Fact]
    public void Too_many_pieces_are_refused_after_the_descriptor_is_looked_at()
    {
        using Socket socket = BoundDatagramSocket();
        var output = new ReadOnlyMemory<byte>[1025];
        var input = new Memory<byte>[1025];
        s_system.SendMsg(socket.Descriptor, new SendMessage { Vectors = output }, MessageFlags.None).ShouldBe(Errno.EMSGSIZE);
        s_system.SendMsg(-1, new SendMessage { Vectors = output }, MessageFlags.None).ShouldBe(Errno.EBADF);
        var message = new ReceiveMessage { Vectors = input };
        s_system.RecvMsg(socket.Descriptor, ref message, MessageFlags.None).ShouldBe(Errno.EMSGSIZE);
        s_system.WriteV(socket.Descriptor, output).ShouldBe(Errno.EINVAL);
        s_system.ReadV(socket.Descriptor, input).ShouldBe(Errno.EINVAL);
    }

    [Fact]
    public void Control_messages_and_the_flags_of_a_cut_datagram_come_back()
    {
        using Socket server = BoundDatagramSocket(), client = BoundDatagramSocket();
        server.SetOption(SocketLevel.IPPROTO_IP, 12, 1); // IP_RECVTTL
        client.SendTo("12345"u8, server.LocalAddress);
        var message = new ReceiveMessage { Buffer = new byte[2], Control = new byte[64] };
        server.ReceiveMessage(ref message).ShouldBe(2);
        message.Flags.ShouldBe(MessageFlags.MSG_TRUNC);
        message.ControlLength.ShouldBe(24); // cmsghdr 16, int 4, padding
        client.SendTo("12345"u8, server.LocalAddress);
        message = new ReceiveMessage { Buffer = new byte[8], Control = new byte[4] };
        server.ReceiveMessage(ref message).ShouldBe(5);
        message.Flags.ShouldBe(MessageFlags.MSG_CTRUNC);
    }

    [Fact]
    public void The_owner_may_be_a_group_and_is_then_negative()
    {
        using Socket socket = BoundDatagramSocket();
        socket.Fcntl(FileControl.F_GETOWN).ShouldBe(0);
        int group = int.Parse(File.ReadAllText("/proc/self/stat").Split(' ')[4], null);
        socket.Fcntl(FileControl.F_SETOWN, -group);
        socket.Fcntl(FileControl.F_GETOWN).ShouldBe(-group);
        byte[] owner = new byte[8];
        s_system.Fcntl(socket.Descriptor, FileControl.F_GETOWN_EX, owner.AsSpan()).ShouldBe(0);
        BinaryPrimitives.ReadInt32LittleEndian(owner).ShouldBe(FileControl.F_OWNER_PGRP);
        BinaryPrimitives.ReadInt32LittleEndian(owner.AsSpan(4)).ShouldBe(group);
        s_system.Fcntl(socket.Descriptor, FileControl.F_GETOWN_EX, owner.AsSpan(0, 7)).ShouldBe(Errno.EFAULT);
        s_system.Fcntl(socket.Descriptor, FileControl.F_SETOWN_EX, 5).ShouldBe(Errno.EFAULT);
        s_system.Fcntl(socket.Descriptor, FileControl.F_SETFL, owner.AsSpan()).ShouldBe(Errno.EINVAL);
        s_system.Fcntl(-1, FileControl.F_SETFL, owner.AsSpan()).ShouldBe(Errno.EBADF);
    }

    [Fact]
    public void Ioctl_checks_the_room_as_the_kernel_does()
    {
        using Socket server = BoundDatagramSocket(), client = BoundDatagramSocket();
        client.SendTo("1234567"u8, server.LocalAddress);
        server.Available.ShouldBe(7);
        s_system.Ioctl(server.Descriptor, IoControl.FIONREAD, new byte[3]).ShouldBe(Errno.EFAULT);
        s_system.Ioctl(-1, IoControl.FIONREAD, new byte[3]).ShouldBe(Errno.EBADF);
        s_system.Ioctl(server.Descriptor, 0x7FFF_1234, new byte[3]).ShouldBe(Errno.ENOTTY);
        s_system.Ioctl(server.Descriptor, IoControl.FIOCLEX, default).ShouldBe(0);
        byte[] request = new byte[40];
        "lo"u8.CopyTo(request);
        s_system.Ioctl(server.Descriptor, IoControl.SIOCGIFINDEX, request).ShouldBe(0);
        BinaryPrimitives.ReadInt32LittleEndian(request.AsSpan(16)).ShouldBe(1);
        int all = s_system.Ioctl(server.Descriptor, IoControl.SIOCGIFCONF, default).Value;
        all.ShouldBeGreaterThanOrEqualTo(40);
        byte[] requests = new byte[all];
        s_system.Ioctl(server.Descriptor, IoControl.SIOCGIFCONF, requests).ShouldBe(all);
        requests.AsSpan(0, 3).ToArray().ShouldBe("lo\0"u8.ToArray());
    }

    [Fact]
    public void A_socket_is_a_file_as_far_as_it_goes()
    {
        using Socket socket = BoundDatagramSocket();
        int descriptor = socket.Descriptor;
        s_system.Stat(descriptor, out FileStatus status).ShouldBe(Errno.None);
        status.IsSocket.ShouldBeTrue();
        status.Mode.ShouldBe(0xC000u | 0x1FF);
        File.ResolveLinkTarget($"/proc/self/fd/{descriptor}", returnFinalTarget: false)!.Name.ShouldEndWith($"socket:[{status.Inode}]");
        s_system.Seek(descriptor, 0).ShouldBe(Errno.ESPIPE);
        s_system.PRead(descriptor, new byte[1], 0).ShouldBe(Errno.ESPIPE);
        s_system.PWrite(descriptor, new byte[1], 0).ShouldBe(Errno.ESPIPE);
        s_system.Sync(descriptor).ShouldBe(Errno.EINVAL);
        s_system.Truncate(descriptor, 0).ShouldBe(Errno.EINVAL);
        s_system.ChangeDirectory(descriptor).ShouldBe(Errno.ENOTDIR);
        s_system.ChangeMode(descriptor, 0x1C0).ShouldBe(Errno.None);
        s_system.Stat(-1, out _).ShouldBe(Errno.EBADF);
        s_system.Close(-1).ShouldBe(Errno.EBADF);
    }

    [Fact]
    public void A_file_is_sent_from_its_offset()
    {
        using Socket server = BoundDatagramSocket(), client = BoundDatagramSocket();
        client.Connect(server.LocalAddress);
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "0123456789");
        using (SafeFileHandle file = File.OpenHandle(path))
        {
            long offset = 4;
            s_system.SendFile(client.Descriptor, file, ref offset, 3).ShouldBe(3);
            offset.ShouldBe(7);
        }
        File.Delete(path);
        byte[] room = new byte[8];
        server.Receive(room).ShouldBe(3);
        Encoding.ASCII.GetString(room, 0, 3).ShouldBe("456");
    }

    [Fact]
    public void Poll_and_select_say_what_is_ready()
    {
        using Socket server = BoundDatagramSocket(), client = BoundDatagramSocket();
        server.Poll(PollEvents.POLLIN | PollEvents.POLLOUT, TimeSpan.Zero).ShouldBe(PollEvents.POLLOUT);
        client.SendTo("x"u8, server.LocalAddress);
        PollEntry[] entries = [new(server.Descriptor, PollEvents.POLLIN), new(-1, PollEvents.POLLIN), new(1023, PollEvents.POLLIN)];
        s_system.Poll(entries, -1).ShouldBe(2);
        entries.Select(static entry => entry.Returned).ShouldBe([PollEvents.POLLIN, PollEvents.None, PollEvents.POLLNVAL]);

        var read = new DescriptorSet();
        read.Add(server.Descriptor);
        read.Add(client.Descriptor);
        var write = new DescriptorSet();
        write.Add(client.Descriptor);
        int count = Math.Max(server.Descriptor, client.Descriptor) + 1;
        foreach (int limit in new[] { count, 5000 })
        {
            read.Add(client.Descriptor);
            s_system.Select(limit, read, write, null, null).ShouldBe(2);
            read.Contains(server.Descriptor).ShouldBeTrue();
            read.Contains(client.Descriptor).ShouldBeFalse();
            write.Contains(client.Descriptor).ShouldBeTrue();
        }
        s_system.Select(-1, null, null, null, TimeSpan.Zero).ShouldBe(Errno.EINVAL);
        s_system.Select(0, null, null, null, TimeSpan.FromTicks(-1)).ShouldBe(Errno.EINVAL); // pselect counts nanoseconds
        s_system.Select(0, null, null, null, TimeSpan.FromSeconds(-1)).ShouldBe(Errno.EINVAL);
        // A number of its own, made open once so that the process's table reaches it: the kernel looks no further than that.
        using (var high = new Socket(s_system, server.Fcntl(FileControl.F_DUPFD, 1000))) read.Add(high.Descriptor);
        s_system.Select(1024, read, null, null, TimeSpan.Zero).ShouldBe(Errno.EBADF);
    }

    [Fact]
    public void The_loopback_interface_is_listed_with_its_addresses()
    {
        IReadOnlyList<NetworkInterfaceInfo> interfaces = s_system.GetInterfaces();
        NetworkInterfaceInfo loopback = interfaces.Single(static candidate => candidate.Name == "lo");
        loopback.Index.ShouldBe(1);
        loopback.Mtu.ShouldBe(65536);
        loopback.IsUp.ShouldBeTrue();
        loopback.IsLoopback.ShouldBeTrue();
        loopback.Addresses.ShouldContain(new InterfaceAddress(InetAddress.LoopbackIPv4(), 8));
        interfaces.Select(static candidate => candidate.Index).ShouldBeInOrder();
        s_system.InterfaceIndex("lo").ShouldBe(1);
        s_system.InterfaceName(1).ShouldBe("lo");
    }

    [Fact]
    public void The_calls_of_the_data_path_allocate_nothing()
    {
        using Socket server = BoundDatagramSocket(), client = BoundDatagramSocket();
        InetAddress target = server.LocalAddress;
        byte[] room = new byte[64];
        ReadOnlyMemory<byte>[] sent = [room.AsMemory(0, 8), room.AsMemory(8, 8)];
        Memory<byte>[] received = [room.AsMemory(0, 8), room.AsMemory(8, 8)];
        client.Connect(target);
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            client.SendTo(room, target);
            server.ReceiveFrom(room, out _);
            client.SendMessage(new SendMessage { Vectors = sent });
            var message = new ReceiveMessage { Vectors = received };
            server.ReceiveMessage(ref message);
            server.Poll(PollEvents.POLLIN, TimeSpan.Zero);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (round > 0) allocated.ShouldBe(0);
        }
    }

    internal static Socket BoundDatagramSocket()
    {
        Socket socket = s_system.Open(AddressFamily.Inet, SocketType.Datagram);
        socket.Bind(InetAddress.LoopbackIPv4());
        return socket;
    }
}

internal static class ShouldExtensions
{
    /// <summary>The errno of a receive call that must fail.</summary>
    public static Errno Invoking(this Socket socket, MessageFlags flags)
    {
        int length = 0;
        return socket.System.RecvFrom(socket.Descriptor, new byte[8], flags, default, ref length).Error;
    }

    public static void ShouldBe(this CallResult result, int value) => result.ShouldBe(new CallResult(value, Errno.None));

    public static void ShouldBe(this CallResult result, Errno error) => result.ShouldBe(new CallResult(-1, error));
}
