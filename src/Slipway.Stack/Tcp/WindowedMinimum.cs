namespace Slipway.Stack;

/// <summary>
/// The minimum of the samples within a window of time, from three of them (Kathleen Nichols' algorithm, as Linux keeps the minimal round trip): the best, the
/// best since the best, and the best since that one. When the best grows too old, the next best stands ready.
/// </summary>
internal struct WindowedMinimum
{
    private Entry _best, _second, _third;

    /// <summary>A filter that has seen one value.</summary>
    public WindowedMinimum(uint time, uint value) => Reset(time, value);

    /// <summary>The minimum.</summary>
    public readonly uint Value => _best.Value;

    /// <summary>Forgets all but this value.</summary>
    public uint Reset(uint time, uint value)
    {
        _best = _second = _third = new Entry(time, value);
        return value;
    }

    /// <summary>Takes a value measured at <paramref name="time"/>; the unit of time is the caller's, and may wrap.</summary>
    /// <param name="window">How long a value counts.</param>
    /// <param name="time">Not before the last one given.</param>
    /// <param name="value">The value.</param>
    /// <returns>The minimum.</returns>
    public uint Update(uint window, uint time, uint value)
    {
        var entry = new Entry(time, value);
        // As small as the best, or nothing left in the window: all that was known is of no use.
        if (value <= _best.Value || time - _third.Time > window) return Reset(time, value);
        if (value <= _second.Value) _second = _third = entry;
        else if (value <= _third.Value) _third = entry;
        return Expire(window, entry);
    }

    private uint Expire(uint window, Entry entry)
    {
        uint age = entry.Time - _best.Time;
        if (age > window)
        {
            Shift(entry);
            if (entry.Time - _best.Time > window) Shift(entry);
        }
        else if (_second.Time == _best.Time && age > window / 4)
        {
            // A quarter has passed without a second best: take one from the second quarter.
            _second = _third = entry;
        }
        else if (_third.Time == _second.Time && age > window / 2)
        {
            _third = entry;
        }
        return _best.Value;
    }

    private void Shift(Entry entry)
    {
        _best = _second;
        _second = _third;
        _third = entry;
    }

    private readonly record struct Entry(uint Time, uint Value);
}
