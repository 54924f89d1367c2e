using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>What TCP does with a peer that no stack would be: its segments are made by hand, and sent by a packet socket.</summary>
public static class HandMadeSegmentScenarios
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    /// <summary>A peer that does not say its largest segment gets 536 bytes, over IPv6 1220 (RFC 9293 §3.7.1).</summary>
    [Scenario("MS-006")]
    public static void APeerWithoutTheOptionGetsTheDefault(HostProcess one, HostProcess two)
    {
        foreach ((AddressFamily family, ushort port, int most) in new[] { (AddressFamily.Inet, (ushort)80, 536), (AddressFamily.Inet6, (ushort)81, 1220) })
        {
            using Socket listener = two.Sockets.Open(family, SocketType.Stream);
            listener.Bind(family == AddressFamily.Inet ? InetAddress.AnyIPv4(port) : InetAddress.AnyIPv6(port));
            listener.Listen();
            using var peer = new HandMadePeer(one, two, family, port);
            peer.Connect();
            using Socket server = listener.Accept();
            Expect.Equal(most, server.GetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_MAXSEG));
            Expect.Equal(3000, server.Send(new byte[3000]));
            for (int left = 3000; left > 0;)
            {
                HandMadeSegment segment = peer.Receive(TimeSpan.FromSeconds(2)) ?? throw new ExpectationException($"{left} bytes are missing");
                if (segment.Offload.SegmentSize != 0) Expect.Equal(most, (int)segment.Offload.SegmentSize);
                else Expect.InRange(0, most, segment.Payload);
                left -= segment.Payload;
                peer.Send(HandMadePeer.Ack, segment.Sequence + (uint)segment.Payload);
            }
        }
    }

    /// <summary>A sender that does not mind the window: what is beyond is dropped and answered by an acknowledgment of what was taken, and never read.</summary>
    [Scenario("BUF-008")]
    public static void ASenderThatIgnoresTheWindow(HostProcess one, HostProcess two)
    {
        const int SegmentLength = 1000, Segments = 60;
        using Socket listener = two.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        listener.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_RCVBUF, 8192);
        listener.Bind(InetAddress.AnyIPv4(80));
        listener.Listen();
        using var peer = new HandMadePeer(one, two, AddressFamily.Inet, 80);
        uint other = peer.Connect().Sequence + 1, first = peer.Next, taken = first, edge = first;
        using Socket server = listener.Accept();
        for (int i = 0; i < Segments; i++)
        {
            byte[] data = new byte[SegmentLength];
            data.AsSpan().Fill((byte)i);
            peer.Send(HandMadePeer.Ack, other, data);
            Listen(TimeSpan.Zero);
        }
        Listen(Patience);
        uint room = edge - first, accepted = taken - first;
        Expect.InRange(SegmentLength, 8 * 1024 * 2, accepted);
        Expect.True(accepted <= room);

        // One more beyond the edge is answered at once, and changes nothing.
        peer.Send(HandMadePeer.Ack, other, new byte[SegmentLength]);
        HandMadeSegment answer = peer.Receive(Patience) ?? throw new ExpectationException("the segment beyond the window is not answered");
        Expect.Equal((HandMadePeer.Ack, taken, 0), (answer.Flags, answer.Acknowledgment, answer.Payload));

        byte[] read = new byte[Segments * SegmentLength];
        int count = 0;
        while (server.TryReceive(read.AsSpan(count)) is { Succeeded: true } part) count += part.Value;
        Expect.Equal((int)accepted, count);
        for (int i = 0; i < count; i++) Expect.Equal((byte)(i / SegmentLength), read[i]);

        void Listen(TimeSpan patience)
        {
            while (peer.Receive(patience) is { } segment)
            {
                taken = segment.Acknowledgment;
                if ((int)(segment.Acknowledgment + segment.Window - edge) > 0) edge = segment.Acknowledgment + segment.Window;
            }
        }
    }
}
