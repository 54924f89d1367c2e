using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>Echo (RFC 862): the answer is the datagram.</summary>
public sealed class EchoService : DatagramService
{
    public override string Name => "echo";

    public override ushort Port => 7;

    protected override int? Answer(HostProcess process, ReadOnlySpan<byte> request, Span<byte> answer)
    {
        request.CopyTo(answer);
        return request.Length;
    }
}
