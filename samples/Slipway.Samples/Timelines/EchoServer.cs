using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary><c>echo-server [--nodelay] PORT</c>: sends back at once whatever a connection brings, as the far end of a telnet session does with each key.</summary>
public static class EchoServer
{
    private const int BufferLength = 4096;

    public static void Main(HostProcess process)
    {
        var words = new TimelineWords();
        if (!words.Read(process.Arguments, ["--nodelay"], [])) words.Operands.Clear();
        TimelineServer.Run(process, words, static client =>
        {
            byte[] buffer = new byte[BufferLength];
            for (int length; (length = client.Receive(buffer)) > 0;)
                for (int sent = 0; sent < length;) sent += client.Send(buffer.AsSpan(sent, length - sent), MessageFlags.MSG_NOSIGNAL);
        });
    }
}
