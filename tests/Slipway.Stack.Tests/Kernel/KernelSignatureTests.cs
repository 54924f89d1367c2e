using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Signed segments (RFC 2385) between our TCP and the kernel's: both believe what the other signs, and nothing else.</summary>
public sealed class KernelSignatureTests
{
    [TunTheory]
    [InlineData(true, true, AddressFamily.Inet)]
    [InlineData(false, true, AddressFamily.Inet)]
    [InlineData(true, false, AddressFamily.Inet6)]
    [InlineData(false, true, AddressFamily.Inet6)]
    public void Megabytes_go_both_ways_and_every_segment_is_believed(bool fromKernel, bool offload, AddressFamily family)
    {
        using var peer = new KernelPeer(offload: offload);
        (Socket client, Socket server) = Connect(peer, fromKernel, family);
        using (client)
        using (server) KernelPeer.Exchange(client, server, 1 << 20);
        Failures(peer).ShouldBe(0);
    }

    [TunFact]
    public void A_lossy_link_makes_both_send_again_and_every_segment_is_believed()
    {
        using var peer = new KernelPeer(new LinkModel { Delay = TimeSpan.FromMilliseconds(1), Loss = 0.01 });
        (Socket client, Socket server) = Connect(peer, fromKernel: false, AddressFamily.Inet);
        using (client)
        using (server) KernelPeer.Exchange(client, server, 1 << 20);
        Failures(peer).ShouldBe(0);
    }

    [TunTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_another_key_there_is_no_connection(bool fromKernel)
    {
        using var peer = new KernelPeer();
        using Socket listener = Listen(peer, fromKernel, AddressFamily.Inet, "one");
        using Socket client = KernelPeer.Open(fromKernel ? peer.Kernel : peer.Stack);
        SetKey(client, !fromKernel, AddressFamily.Inet, "two");
        client.NonBlocking = true;
        Should.Throw<SocketCallException>(() => client.Connect(KernelPeer.AddressOf(!fromKernel, AddressFamily.Inet, listener.LocalAddress.Port))).Errno.ShouldBe(Errno.EINPROGRESS);
        client.Poll(PollEvents.POLLOUT, TimeSpan.FromMilliseconds(500)).ShouldBe(PollEvents.None);
        if (fromKernel) Failures(peer).ShouldBeGreaterThan(0);
    }

    private static (Socket Client, Socket Server) Connect(KernelPeer peer, bool fromKernel, AddressFamily family)
    {
        using Socket listener = Listen(peer, fromKernel, family, "the same");
        Socket client = KernelPeer.Open(fromKernel ? peer.Kernel : peer.Stack, family);
        SetKey(client, !fromKernel, family, "the same");
        client.Connect(KernelPeer.AddressOf(!fromKernel, family, listener.LocalAddress.Port));
        Socket server = listener.Accept();
        server.SetOption(SocketOptions.ReceiveTimeout, TimeSpan.FromSeconds(60));
        return (client, server);
    }

    private static Socket Listen(KernelPeer peer, bool fromKernel, AddressFamily family, string secret)
    {
        Socket listener = KernelPeer.Listen(fromKernel ? peer.Stack : peer.Kernel, family);
        SetKey(listener, fromKernel, family, secret);
        return listener;
    }

    private static void SetKey(Socket socket, bool peerIsKernel, AddressFamily family, string secret)
        => socket.SetSignatureKey(new SignatureKey(KernelPeer.AddressOf(peerIsKernel, family, 0), System.Text.Encoding.ASCII.GetBytes(secret)));

    private static long Failures(KernelPeer peer) => peer.Host.Counters[TcpExtCounter.TCPMD5Failure] + peer.Host.Counters[TcpExtCounter.TCPMD5NotFound] + peer.Host.Counters[TcpExtCounter.TCPMD5Unexpected];
}
