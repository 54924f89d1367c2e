using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>Discard over TCP (RFC 863): takes everything until the client has closed its side, and says nothing.</summary>
public sealed class DiscardStream : StreamService
{
    public override string Name => "discard";

    public override ushort Port => 9;

    protected override async Task TalkAsync(HostProcess process, Socket client, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (await client.ReceiveAsync(buffer, cancellationToken: cancellationToken) > 0)
        {
        }
    }
}
