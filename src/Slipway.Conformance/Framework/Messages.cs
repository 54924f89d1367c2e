using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>recvmsg and sendmsg for scenarios that look at control messages.</summary>
public static class Messages
{
    /// <summary>recvmsg with room for all.</summary>
    public static Received ReceiveWhole(this Socket socket, MessageFlags flags = MessageFlags.None, int controlRoom = 1024, int room = 70000)
    {
        byte[] buffer = new byte[room], control = new byte[controlRoom], address = new byte[128];
        var message = new ReceiveMessage { Buffer = buffer, Control = control, Address = address };
        int count = socket.ReceiveMessage(ref message, flags);
        var items = new List<ControlItem>();
        var reader = new ControlMessageReader(control.AsSpan(0, message.ControlLength));
        while (reader.MoveNext()) items.Add(new ControlItem(reader.Level, reader.Type, reader.Data.ToArray()));
        return new Received(buffer[..count], message.AddressLength, address, message.Flags, items);
    }

    /// <summary>The next message of the error queue, which must be there, or come within five seconds.</summary>
    public static Received ReceiveError(this Socket socket)
    {
        socket.Poll(PollEvents.POLLERR, TimeSpan.FromSeconds(5));
        return socket.ReceiveWhole(MessageFlags.MSG_ERRQUEUE | MessageFlags.MSG_DONTWAIT);
    }

    /// <summary>The error queue is empty.</summary>
    public static void ExpectNoError(this Socket socket) => Expect.Throws(Errno.EAGAIN, () => socket.ReceiveWhole(MessageFlags.MSG_ERRQUEUE | MessageFlags.MSG_DONTWAIT));

    /// <summary>sendmsg with one control message.</summary>
    public static CallResult SendWith(this Socket socket, string text, int level, int type, params ReadOnlySpan<byte> value)
    {
        var writer = new ControlMessageWriter(new byte[64]);
        writer.TryAdd(level, type, value);
        return socket.System.SendMsg(socket.Descriptor, new SendMessage { Buffer = System.Text.Encoding.ASCII.GetBytes(text), Control = writer.Written }, MessageFlags.None);
    }

    /// <summary>sendmsg with one control message that holds an int.</summary>
    public static CallResult SendWith(this Socket socket, string text, int level, int type, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return socket.SendWith(text, level, type, bytes);
    }
}
