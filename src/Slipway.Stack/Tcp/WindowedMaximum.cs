namespace Slipway.Stack;

/// <summary>The maximum of the samples within a window: <see cref="WindowedMinimum"/> turned around.</summary>
internal struct WindowedMaximum
{
    private WindowedMinimum _complement;

    /// <summary>A filter that has seen one value.</summary>
    public WindowedMaximum(uint time, uint value) => _complement = new WindowedMinimum(time, ~value);

    /// <summary>The maximum.</summary>
    public readonly uint Value => ~_complement.Value;

    /// <summary>Takes a value measured at <paramref name="time"/>; the unit of time is the caller's, and may wrap.</summary>
    /// <param name="window">How long a value counts.</param>
    /// <param name="time">Not before the last one given.</param>
    /// <param name="value">The value.</param>
    /// <returns>The maximum.</returns>
    public uint Update(uint window, uint time, uint value) => ~_complement.Update(window, time, ~value);
}
