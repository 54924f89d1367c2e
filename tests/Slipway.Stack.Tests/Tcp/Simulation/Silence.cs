using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>
/// What one end has sent since it last got something, and what the link dropped meanwhile. A connection may time out only where every one of those packets, or its answer, was dropped: by
/// Linux's rule nothing but 924.6 s of retransmissions does that (tcp_retries2), but a link of bursts now and then drops all of them.
/// </summary>
internal struct Silence
{
    private long _arrived, _sent, _dropped;

    /// <summary>Looks at the link: an arrival ends the silence.</summary>
    public void Observe(in PathCounters outwards, in PathCounters inwards)
    {
        long arrived = inwards.Left - inwards.Corrupted;
        if (arrived == _arrived) return;
        _arrived = arrived;
        _sent = outwards.Entered;
        _dropped = Dropped(outwards) + Dropped(inwards);
    }

    /// <summary>Whether the link, and not an end, is why nothing was heard.</summary>
    public readonly bool IsOfTheLink(in PathCounters outwards, in PathCounters inwards)
        => outwards.Entered > _sent && Dropped(outwards) + Dropped(inwards) - _dropped >= outwards.Entered - _sent;

    private static long Dropped(in PathCounters path) => path.Lost + path.Overflowed + path.TooLong + path.Corrupted;
}
