using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary><c>request-server [--nodelay] PORT</c>: reads requests of 400 bytes, head and body, and answers each with ten as soon as it is complete.</summary>
public static class RequestServer
{
    public static void Main(HostProcess process)
    {
        var words = new TimelineWords();
        if (!words.Read(process.Arguments, ["--nodelay"], [])) words.Operands.Clear();
        TimelineServer.Run(process, words, Serve);
    }

    private static void Serve(Socket client)
    {
        byte[] request = new byte[RequestClient.HeadLength + RequestClient.BodyLength];
        while (true)
        {
            for (int got = 0; got < request.Length;)
            {
                int length = client.Receive(request.AsSpan(got));
                if (length == 0) return;
                got += length;
            }
            client.Send("0123456789"u8, MessageFlags.MSG_NOSIGNAL);
        }
    }
}
