using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>Daytime (RFC 867): the answer is the date and the time, in the first form that the RFC proposes: Weekday, Month Day, Year Time-Zone.</summary>
public sealed class DaytimeService : DatagramService
{
    public override string Name => "daytime";

    public override ushort Port => 13;

    protected override int? Answer(HostProcess process, ReadOnlySpan<byte> request, Span<byte> answer) =>
        Encoding.ASCII.GetBytes(Line(process), answer);

    /// <summary>The date and the time, over UDP as over TCP.</summary>
    internal static string Line(HostProcess process) => process.Time.GetUtcNow().ToString("dddd, MMMM d, yyyy HH:mm:ss'-UTC\r\n'", CultureInfo.InvariantCulture);
}
