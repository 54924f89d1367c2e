namespace Slipway.Samples;

/// <summary>A service of the old internet, over UDP and over TCP.</summary>
/// <param name="Datagram">What answers datagrams.</param>
/// <param name="Stream">What serves connections.</param>
public sealed record InternetService(DatagramService Datagram, StreamService Stream)
{
    /// <summary>The name in /etc/services.</summary>
    public string Name => Datagram.Name;
}
