using System.Text;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>What ruptimed sends, as a service beside the others: on every address, over IPv4 and IPv6, to many clients at once.</summary>
public sealed class UptimeStream : StreamService
{
    public override string Name => "ruptime";

    public override ushort Port => 4000;

    protected override async Task TalkAsync(HostProcess process, Socket client, Memory<byte> buffer, CancellationToken cancellationToken)
        => await StreamServer.SendAllAsync(client, Encoding.UTF8.GetBytes(UptimeLine.Of(process)), cancellationToken);
}
