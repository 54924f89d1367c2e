using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>Discard (RFC 863): takes datagrams and answers none.</summary>
public sealed class DiscardService : DatagramService
{
    public override string Name => "discard";

    public override ushort Port => 9;

    protected override int? Answer(HostProcess process, ReadOnlySpan<byte> request, Span<byte> answer) => null;
}
