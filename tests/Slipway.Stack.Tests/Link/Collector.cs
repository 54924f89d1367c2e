using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>A receiver that notes what arrived when, and releases it.</summary>
internal sealed class Collector(StackLoop loop) : ILinkReceiver
{
    public List<(long Time, byte[] Bytes)> Packets { get; } = [];

    public long[] Times => [.. Packets.Select(static p => p.Time)];

    /// <summary>The first payload byte of each packet: the tests number their packets so.</summary>
    public int[] Numbers => [.. Packets.Select(static p => (int)p.Bytes[^1])];

    public Action<LinkDevice, PacketBuffer>? Also { get; set; }

    public void Receive(LinkDevice device, PacketBuffer packet)
    {
        loop.IsOwned.ShouldBeTrue();
        packet.Device.ShouldBeSameAs(device);
        packet.ReceivedAt.ShouldBe(loop.Now);
        Packets.Add((loop.Now, packet.Span.ToArray()));
        Also?.Invoke(device, packet);
        packet.Release();
    }
}
