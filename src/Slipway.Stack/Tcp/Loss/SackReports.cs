using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What a sender keeps of selective acknowledgments beside its queue, from the first one on.</summary>
internal sealed class SackReports
{
    /// <summary>What the last acknowledgment reported: of a block that has grown, only the growth is walked (the kernel's recv_sack_cache).</summary>
    public SackBlocks Known;

    /// <summary>Where in the queue a sequence number is.</summary>
    public SentIndex Index;
}
