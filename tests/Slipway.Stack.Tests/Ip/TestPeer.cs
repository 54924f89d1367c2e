using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>The other end of a host's cable, in the hands of the test: sends any frame, and keeps those that the host sent.</summary>
internal sealed class TestPeer : ILinkReceiver
{
    private readonly VirtualEthernetDevice _device;

    public TestPeer(VirtualEthernetDevice device)
    {
        _device = device;
        device.Receiver = this;
    }

    public MacAddress Address => _device.Address;

    public VirtualLink Link => _device.Link!;

    public List<byte[]> Received { get; } = [];

    /// <summary>Whether <see cref="Received"/> has what hosts and routers say of groups (IGMP and MLD): only tests of those want it.</summary>
    public bool TakesGroupMessages { get; init; }

    /// <summary>Whether a frame, as text, is a message of IGMP or MLD.</summary>
    public static bool IsGroupMessage(string frame) => frame.Contains("IGMP", StringComparison.Ordinal) || frame.Contains("multicast listener", StringComparison.Ordinal);

    public void Receive(LinkDevice device, PacketBuffer packet)
    {
        packet.CompleteChecksum();
        if (TakesGroupMessages || !IsGroupMessage(FramePrinter.PrintFrame(packet.Span))) Received.Add(packet.Span.ToArray());
        packet.Release();
    }

    /// <summary>Sends a frame to the host at the other end.</summary>
    public void Send(EtherType type, ReadOnlySpan<byte> payload, MacAddress? destination = null, MacAddress? source = null)
    {
        using LoopScope scope = _device.Loop.Enter();
        PacketBuffer packet = _device.Loop.Packets.RentCopy(payload);
        new EthernetHeader(destination ?? _device.Link!.A.Address, source ?? Address, type).Write(packet.Prepend(EthernetHeader.UntaggedLength));
        _device.Transmit(packet);
    }

    public void Send(ArpHeader arp, MacAddress? destination = null)
    {
        var bytes = new byte[ArpHeader.Length];
        arp.Write(bytes);
        Send(EtherType.Arp, bytes, destination ?? (arp.Operation == ArpOperation.Request ? MacAddress.Broadcast : null));
    }

    /// <summary>Sends an IPv4 packet.</summary>
    public void Send(Ipv4Header header, ReadOnlySpan<byte> payload, MacAddress? destination = null)
    {
        header = header with { PayloadLength = payload.Length };
        var bytes = new byte[header.Length + payload.Length];
        header.Write(bytes);
        payload.CopyTo(bytes.AsSpan(header.Length));
        Send(EtherType.Ipv4, bytes, destination);
    }

    /// <summary>Sends an IPv6 packet; the payload begins with the extension headers, if any.</summary>
    public void Send(Ipv6Header header, ReadOnlySpan<byte> payload, MacAddress? destination = null)
    {
        header = header with { PayloadLength = payload.Length };
        var bytes = new byte[Ipv6Header.Length + payload.Length];
        header.Write(bytes);
        payload.CopyTo(bytes.AsSpan(Ipv6Header.Length));
        Send(EtherType.Ipv6, bytes, destination);
    }

    /// <summary>What the host has sent since the last call, as text without the link-layer addresses.</summary>
    public string[] Take()
    {
        string[] taken = [.. Received.Select(static f => FramePrinter.PrintFrame(f)).Select(static t => t[(t.IndexOf(", ", StringComparison.Ordinal) + 2)..])];
        Received.Clear();
        return taken;
    }
}
