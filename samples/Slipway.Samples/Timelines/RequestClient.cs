using System.Globalization;
using Slipway.Sockets;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Samples;

/// <summary>
/// <c>request-client [--writev | --more | --cork | --nodelay] [--start MS] [--count N] HOST PORT</c>: sends requests, a head of 4 bytes and a body of 396, reads the reply to each, and
/// tells how long it took. Without an option head and body are two writes, and the second meets Nagle's algorithm.
/// </summary>
public static class RequestClient
{
    /// <summary>Bytes of a request's parts, and of its reply.</summary>
    public const int HeadLength = 4, BodyLength = 396, ReplyLength = 10;

    private static readonly byte[] Request = [.. Enumerable.Repeat((byte)'H', HeadLength), .. Enumerable.Repeat((byte)'B', BodyLength)];

    public static void Main(HostProcess process)
    {
        long began = process.Time.GetTimestamp();
        var words = new TimelineWords();
        if (!words.Read(process.Arguments, ["--writev", "--more", "--cork", "--nodelay"], ["--start", "--count"]) || words.Operands is not [var host, var service])
        {
            TimelineWords.Fail(process, $"usage: {process.ProgramName} [--writev | --more | --cork | --nodelay] [--start MS] [--count N] HOST PORT");
            return;
        }
        using Socket? socket = TimelineClient.Connect(process, host, service);
        if (socket is null) return;
        if (words.Has("--nodelay")) socket.SetOption(SocketOptions.TcpNoDelay, true);
        TimelineClient.SleepUntil(process, began, TimeSpan.FromMilliseconds(words.Number("--start", 0)));
        for (int i = 0; i < words.Number("--count", 1); i++)
        {
            long asked = process.Time.GetTimestamp();
            Ask(socket, words);
            if (!ReadReply(socket)) return;
            string time = process.Time.GetElapsedTime(asked).TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);
            process.Out.WriteLine($"reply after {time} ms");
        }
    }

    private static void Ask(Socket socket, TimelineWords words)
    {
        if (words.Has("--writev"))
        {
            socket.SendMessage(new SendMessage { Vectors = new ReadOnlyMemory<byte>[] { Request.AsMemory(0, HeadLength), Request.AsMemory(HeadLength) } }, MessageFlags.MSG_NOSIGNAL);
            return;
        }
        bool corks = words.Has("--cork");
        if (corks) socket.SetOption(SocketLevel.IPPROTO_TCP, TCP_CORK, 1);
        socket.Send(Request.AsSpan(0, HeadLength), MessageFlags.MSG_NOSIGNAL | (words.Has("--more") ? MessageFlags.MSG_MORE : MessageFlags.None));
        socket.Send(Request.AsSpan(HeadLength), MessageFlags.MSG_NOSIGNAL);
        if (corks) socket.SetOption(SocketLevel.IPPROTO_TCP, TCP_CORK, 0);
    }

    private static bool ReadReply(Socket socket)
    {
        Span<byte> reply = stackalloc byte[ReplyLength];
        for (int got = 0; got < reply.Length;)
        {
            int length = socket.Receive(reply[got..]);
            if (length == 0) return false;
            got += length;
        }
        return true;
    }
}
