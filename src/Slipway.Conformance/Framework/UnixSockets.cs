using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Short forms for local sockets.</summary>
public static class UnixSockets
{
    /// <summary>A local socket.</summary>
    public static Socket Unix(this HostProcess host, SocketType type) => host.Sockets.Open(AddressFamily.Unix, type);

    /// <summary>A connected pair whose calls do not wait.</summary>
    public static (Socket First, Socket Second) NonBlockingPair(this HostProcess host, SocketType type) => host.Sockets.OpenPair(type | SocketType.NonBlocking);

    /// <summary>A path that no other scenario has, below a directory of every host.</summary>
    public static UnixAddress UnixPath(this HostProcess host, string name)
        => UnixAddress.FromPath(string.Create(CultureInfo.InvariantCulture, $"/tmp/slipway-{host.Id}-{name}"));

    /// <summary>A socket bound to a path; the file goes with <see cref="Forget"/>.</summary>
    public static Socket BoundUnix(this HostProcess host, SocketType type, UnixAddress address)
    {
        Socket socket = host.Unix(type);
        host.Sockets.Unlink(address.Path!);
        socket.Bind(address);
        return socket;
    }

    /// <summary>unlink(2) of a path.</summary>
    public static void Forget(this HostProcess host, params ReadOnlySpan<UnixAddress> addresses)
    {
        foreach (UnixAddress address in addresses) host.Sockets.Unlink(address.Path!);
    }

    /// <summary>connect, with its errno.</summary>
    public static Errno TryConnect(this Socket socket, UnixAddress address)
    {
        Span<byte> bytes = stackalloc byte[UnixAddress.MaxStructureLength];
        return socket.System.Connect(socket.Descriptor, bytes[..address.Write(bytes)]);
    }

    /// <summary>bind, with its errno.</summary>
    public static Errno TryBind(this Socket socket, UnixAddress address)
    {
        Span<byte> bytes = stackalloc byte[UnixAddress.MaxStructureLength];
        return socket.System.Bind(socket.Descriptor, bytes[..address.Write(bytes)]);
    }

    /// <summary>send, with its errno.</summary>
    public static CallResult TrySend(this Socket socket, ReadOnlySpan<byte> data, MessageFlags flags = MessageFlags.MSG_NOSIGNAL)
        => socket.System.SendTo(socket.Descriptor, data, flags, default);

    /// <summary>sendto, with its errno.</summary>
    public static CallResult TrySendTo(this Socket socket, ReadOnlySpan<byte> data, UnixAddress to)
    {
        Span<byte> bytes = stackalloc byte[UnixAddress.MaxStructureLength];
        return socket.System.SendTo(socket.Descriptor, data, MessageFlags.MSG_NOSIGNAL, bytes[..to.Write(bytes)]);
    }

    /// <summary>sendmsg with descriptors.</summary>
    public static CallResult TrySendDescriptors(this Socket socket, ReadOnlySpan<byte> data, params ReadOnlySpan<int> descriptors)
    {
        var writer = new ControlMessageWriter(new byte[2048]);
        Expect.True(writer.TryAddDescriptors(descriptors));
        return socket.System.SendMsg(socket.Descriptor, new SendMessage { Buffer = data, Control = writer.Written }, MessageFlags.MSG_NOSIGNAL);
    }

    /// <summary>sendmsg with credentials.</summary>
    public static CallResult TrySendCredentials(this Socket socket, ReadOnlySpan<byte> data, PeerCredentials credentials)
    {
        var writer = new ControlMessageWriter(new byte[64]);
        Expect.True(writer.TryAdd(credentials));
        return socket.System.SendMsg(socket.Descriptor, new SendMessage { Buffer = data, Control = writer.Written }, MessageFlags.MSG_NOSIGNAL);
    }

    /// <summary>recvmsg, with all that came along.</summary>
    public static UnixReceipt ReceiveAll(this Socket socket, int room = 64, int controlRoom = 2048, MessageFlags flags = MessageFlags.MSG_DONTWAIT)
    {
        byte[] data = new byte[room];
        var message = new ReceiveMessage { Buffer = data, Control = new byte[controlRoom], Address = new byte[UnixAddress.MaxStructureLength] };
        CallResult result = socket.System.RecvMsg(socket.Descriptor, ref message, flags);
        var receipt = new UnixReceipt { Error = result.Error };
        if (!result.Succeeded) return receipt;
        receipt.Text = System.Text.Encoding.Latin1.GetString(data.AsSpan(0, Math.Min(result.Value, room)));
        receipt.Length = result.Value;
        receipt.Flags = message.Flags;
        if (UnixAddress.TryRead(message.Address[..message.AddressLength], out UnixAddress from)) receipt.From = from;
        var reader = new ControlMessageReader(message.Control[..message.ControlLength]);
        while (reader.MoveNext())
        {
            if (reader.Is(SocketLevel.SOL_SOCKET, ControlMessageType.SCM_RIGHTS)) receipt.Descriptors = reader.Descriptors;
            else if (reader.Is(SocketLevel.SOL_SOCKET, ControlMessageType.SCM_CREDENTIALS)) receipt.Credentials = reader.Credentials;
            else if (reader.Is(SocketLevel.SOL_SOCKET, SocketOptionName.SO_INQ)) receipt.Left = reader.Int32;
        }
        return receipt;
    }
}
