namespace Slipway.Linux;

/// <summary>Whom a signal goes to: the four forms of kill(2)'s first argument.</summary>
public readonly record struct SignalTarget
{
    private SignalTarget(int number) => Number = number;

    /// <summary>The caller's process group, itself included (0).</summary>
    public static SignalTarget OwnGroup { get; }

    /// <summary>Every process that the caller may send to, but itself and process 1 (-1). With the rights of root that is the whole machine, or the whole namespace of processes.</summary>
    public static SignalTarget All { get; } = new(-1);

    internal int Number { get; }

    /// <summary>One process.</summary>
    public static SignalTarget Process(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(id);
        return new SignalTarget(id);
    }

    /// <summary>A process group. Group 1 cannot be meant: its number is that of <see cref="All"/>.</summary>
    public static SignalTarget Group(int id)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(id, 1);
        return new SignalTarget(-id);
    }
}
