using System.Runtime.CompilerServices;
using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab.Tests;

/// <summary>The example of the README is this code, and it does what the README says.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void The_example_runs()
    {
        try
        {
            Play().ShouldBe("5 bytes came back\n");
            new FileInfo("talk.pcapng").Length.ShouldBeGreaterThan(0);
        }
        finally
        {
            File.Delete("talk.pcapng");
        }
    }

    [Fact]
    public void The_readme_shows_what_is_tested()
    {
        string own = SourceFile();
        string readme = File.ReadAllText(Path.Combine(Path.GetDirectoryName(own)!, "../../README.md"));
        Between(readme, "```csharp\n", "```").ShouldBe(Between(File.ReadAllText(own), "// The README begins here.\n", "// The README ends here."));
    }

    private static string Play()
    {
        // The README begins here.
        using var net = new VirtualNetwork(seed: 7);
        Host client = net.AddHost("client", "10.0.0.1/24"), server = net.AddHost("server", "10.0.0.2/24");
        net.Connect(client, server, new LinkModel { Delay = TimeSpan.FromMilliseconds(300), Loss = 0.01 });

        server.Start("echo", static process =>
        {
            using Socket listener = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
            listener.SetOption(SocketOptions.ReuseAddress, true);
            listener.Bind(new InetAddress("0.0.0.0", 7));
            listener.Listen(10);
            using Socket peer = listener.Accept(out InetAddress from);
            Span<byte> buffer = stackalloc byte[4096];
            for (int length; (length = peer.Receive(buffer)) > 0;) peer.Send(buffer[..length]);
        });
        LabProcess talk = client.Start("talk", static async process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
            await socket.ConnectAsync(new InetAddress("10.0.0.2", 7));
            await socket.SendAsync("hello"u8.ToArray());
            int length = await socket.ReceiveAsync(new byte[64]);
            process.Out.WriteLine($"{length} bytes came back");
        });

        net.Run();                              // until every process has ended or waits for ever
        net.Capture.Save("talk.pcapng");        // Wireshark opens it
        Console.Write(talk.Output);
        // The README ends here.
        return talk.Output;
    }

    // Without the indentation, which differs.
    private static string Between(string text, string begin, string end)
    {
        int from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        string part = text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
        return string.Join('\n', part.Split('\n').Select(static line => line.Trim())).Trim();
    }

    private static string SourceFile([CallerFilePath] string path = "") => path;
}
