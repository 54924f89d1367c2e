using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The answer of one of several hosts that have an anycast address, which waits for a random time, so that not all of them answer together (RFC 4861 §7.2.7).
/// </summary>
internal sealed class AnycastAnswer(NeighborDiscovery discovery, NetworkInterface device, in NeighborQuestion question) : StackTimer(device.Host.Loop)
{
    private readonly NeighborQuestion _question = question;

    /// <inheritdoc/>
    protected override void OnExpired()
    {
        device.Anycasts.WaitingAnswers--;
        if (device.IsUp && device.Anycasts.Contains(_question.Target)) discovery.Answer(device, _question);
    }
}
