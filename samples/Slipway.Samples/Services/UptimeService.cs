using System.Text;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>What the datagram ruptimed answers, as a service beside the others: on every address, over IPv4 and IPv6.</summary>
public sealed class UptimeService : DatagramService
{
    public override string Name => "ruptime";

    public override ushort Port => 4000;

    protected override int? Answer(HostProcess process, ReadOnlySpan<byte> request, Span<byte> answer) =>
        Encoding.UTF8.GetBytes(UptimeLine.Of(process), answer);
}
