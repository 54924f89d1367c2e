using System.Text;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>Daytime over TCP (RFC 867): sends date and time, and closes. What the client says does not matter.</summary>
public sealed class DaytimeStream : StreamService
{
    public override string Name => "daytime";

    public override ushort Port => 13;

    protected override async Task TalkAsync(HostProcess process, Socket client, Memory<byte> buffer, CancellationToken cancellationToken)
        => await StreamServer.SendAllAsync(client, Encoding.ASCII.GetBytes(DaytimeService.Line(process)), cancellationToken);
}
