namespace Slipway.Stack;

/// <summary>When the last packet that was passed on had arrived (SIOCGSTAMP). The time of day may be set, or read a little off: one arrival keeps one stamp. A mutable struct: keep it in a field.</summary>
internal struct ArrivalStamp
{
    private long _stampedArrival = -1;

    public ArrivalStamp()
    {
    }

    /// <summary>In nanoseconds of the loop's clock; -1 for none yet.</summary>
    public long Arrival { get; private set; } = -1;

    /// <summary>Nanoseconds since 1970.</summary>
    public long Time { get; private set; }

    /// <summary>Whether the time of the arrival was read already.</summary>
    public readonly bool IsRead => _stampedArrival == Arrival;

    public void Note(long arrival) => Arrival = arrival;

    public void Read(long timeOfDay)
    {
        _stampedArrival = Arrival;
        Time = timeOfDay;
    }
}
