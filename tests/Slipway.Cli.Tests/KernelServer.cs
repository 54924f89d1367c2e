using System.Text;
using Slipway.Linux;
using Slipway.Samples;
using Slipway.Sockets;

namespace Slipway.Cli.Tests;

/// <summary>A stream server on the kernel's loopback, at a port that the kernel chose.</summary>
internal sealed class KernelServer : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly LinuxProcess _process = new(new LinuxProcessOptions { ProgramName = "server", Error = new StringWriter() });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public KernelServer(Func<HostProcess, StreamServer> make)
    {
        var listening = new TaskCompletionSource<InetAddress>();
        _running = Task.Run(() => make(_process).RunAsync([InetAddress.LoopbackIPv4(0)], addresses => listening.SetResult(addresses[0]), _stopping.Token));
        Address = listening.Task.GetAwaiter().GetResult();
    }

    /// <summary>Where it listens.</summary>
    public InetAddress Address { get; }

    /// <summary>A connection to it.</summary>
    public Socket Connect()
    {
        Socket socket = LinuxSystem.Current.Open(AddressFamily.Inet, SocketType.Stream | SocketType.CloseOnExec);
        socket.SetOption(SocketOptions.ReceiveTimeout, Limit); // a test that fails shall end
        socket.Connect(Address);
        return socket;
    }

    /// <summary>Says something, says that this was all, and takes everything that comes back.</summary>
    public string Talk(string text)
    {
        using Socket socket = Connect();
        Send(socket, Encoding.Latin1.GetBytes(text));
        socket.Shutdown(ShutdownHow.Send);
        return Encoding.Latin1.GetString(ReceiveAll(socket));
    }

    /// <summary>Sends all of it.</summary>
    public static void Send(Socket socket, ReadOnlySpan<byte> data)
    {
        while (data.Length > 0) data = data[socket.Send(data, MessageFlags.MSG_NOSIGNAL)..];
    }

    /// <summary>Receives until the server has closed.</summary>
    public static byte[] ReceiveAll(Socket socket)
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[65536];
        for (int length; (length = socket.Receive(buffer)) > 0;) all.Write(buffer, 0, length);
        return all.ToArray();
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _running.GetAwaiter().GetResult();
        _stopping.Dispose();
        _process.Dispose();
    }
}
