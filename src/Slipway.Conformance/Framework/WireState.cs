namespace Slipway.Conformance;

/// <summary>What becomes of packets on the wire between two hosts.</summary>
public enum WireState
{
    /// <summary>They arrive.</summary>
    Open,

    /// <summary>They are lost without a word: the other host has crashed, or the way to it.</summary>
    Silent,

    /// <summary>A router tells the near host that the far one cannot be reached.</summary>
    Unreachable,
}
