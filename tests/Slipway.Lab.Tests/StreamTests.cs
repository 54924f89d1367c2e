using System.Security.Cryptography;
using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab.Tests;

/// <summary>Streams between two hosts, over links of every kind: each byte arrives once, in order.</summary>
public sealed class StreamTests
{
    private const int Port = 7000;

    [Theory]
    [InlineData(1_000, 0, 0.0, 0.0)]
    [InlineData(5_000_000, 0, 0.0, 0.0)]
    [InlineData(1_000_000, 25, 0.0, 0.0)]
    [InlineData(1_000_000, 25, 0.02, 0.0)]
    [InlineData(300_000, 100, 0.05, 0.05)]
    public void A_stream_arrives_whole(int bytes, int delay, double loss, double reordering)
    {
        var model = new LinkModel { Delay = TimeSpan.FromMilliseconds(delay), Loss = loss, Reordering = reordering, ReorderingDelay = TimeSpan.FromMilliseconds(reordering > 0 ? 10 : 0) };
        (byte[] sent, byte[] received) = Transfer(bytes, model, seed: 3);
        received.ShouldBe(sent);
    }

    private static (byte[] Sent, byte[] Received) Transfer(int bytes, LinkModel model, int seed)
    {
        using var net = new VirtualNetwork((ulong)seed);
        Host client = net.AddHost("client", "10.0.0.1/24"), server = net.AddHost("server", "10.0.0.2/24");
        net.Connect(client, server, model);
        byte[] sent = [], received = [];
        server.Start("sink", process =>
        {
            using Socket listener = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
            listener.Bind(new InetAddress("0.0.0.0", Port));
            listener.Listen();
            using Socket peer = listener.Accept(out _);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] buffer = new byte[40_000];
            for (int n; (n = peer.Receive(buffer)) > 0;) hash.AppendData(buffer, 0, n);
            received = hash.GetCurrentHash();
        });
        client.Start("source", process =>
        {
            process.Sleep(TimeSpan.FromMilliseconds(1));
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
            socket.Connect(new InetAddress("10.0.0.2", Port));
            byte[] data = new byte[bytes];
            new Random(seed).NextBytes(data);
            sent = SHA256.HashData(data);
            for (int at = 0; at < bytes;) at += socket.Send(data.AsSpan(at, Math.Min(65536, bytes - at)));
        });
        net.Run();
        return (sent, received);
    }
}
