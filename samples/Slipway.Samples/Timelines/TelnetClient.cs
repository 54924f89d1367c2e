using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>
/// <c>telnet-client [--nodelay] [--start MS] [--gap MS] HOST PORT TEXT</c>: types a text, one character each GAP milliseconds, and tells when the echoes come.
/// The first character is typed START milliseconds after the program began, so that a diagram can begin there.
/// </summary>
public static class TelnetClient
{
    public static void Main(HostProcess process)
    {
        long began = process.Time.GetTimestamp();
        var words = new TimelineWords();
        if (!words.Read(process.Arguments, ["--nodelay"], ["--start", "--gap"]) || words.Operands is not [var host, var service, { Length: > 0 } text])
        {
            TimelineWords.Fail(process, $"usage: {process.ProgramName} [--nodelay] [--start MS] [--gap MS] HOST PORT TEXT");
            return;
        }
        using Socket? socket = TimelineClient.Connect(process, host, service);
        if (socket is null) return;
        if (words.Has("--nodelay")) socket.SetOption(SocketOptions.TcpNoDelay, true);
        TimelineClient.SleepUntil(process, began, TimeSpan.FromMilliseconds(words.Number("--start", 0)));
        Type(process, socket, Encoding.ASCII.GetBytes(text), TimeSpan.FromMilliseconds(words.Number("--gap", 250)));
    }

    private static void Type(HostProcess process, Socket socket, byte[] text, TimeSpan gap)
    {
        long first = process.Time.GetTimestamp();
        ProcessThread screen = process.StartThread("screen", () => ShowEchoes(process, socket, text.Length, first));
        for (int i = 0; i < text.Length; i++)
        {
            TimelineClient.SleepUntil(process, first, i * gap);
            socket.Send(text.AsSpan(i, 1), MessageFlags.MSG_NOSIGNAL);
        }
        screen.Join();
    }

    private static void ShowEchoes(HostProcess process, Socket socket, int expected, long first)
    {
        byte[] echo = new byte[expected];
        for (int shown = 0; shown < expected;)
        {
            int length = socket.Receive(echo);
            if (length == 0) return;
            shown += length;
            string time = process.Time.GetElapsedTime(first).TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);
            process.Out.WriteLine($"{time} ms: {Encoding.ASCII.GetString(echo, 0, length)}");
        }
    }
}
