using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>Echo over TCP (RFC 862): sends everything back until the client has closed its side.</summary>
public sealed class EchoStream : StreamService
{
    public override string Name => "echo";

    public override ushort Port => 7;

    protected override async Task TalkAsync(HostProcess process, Socket client, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        for (int length; (length = await client.ReceiveAsync(buffer, cancellationToken: cancellationToken)) > 0;)
            await StreamServer.SendAllAsync(client, buffer[..length], cancellationToken);
    }
}
