namespace Slipway.Linux;

/// <summary>Which children a wait is for (waitid(2)).</summary>
public readonly record struct WaitTarget
{
    private const int All = 0, ById = 1, ByGroup = 2;

    private WaitTarget(int kind, int id)
    {
        Kind = kind;
        Id = id;
    }

    /// <summary>
    /// Any child (P_ALL), whoever started it: a wait that takes a child of <see cref="System.Diagnostics.Process"/> takes its exit code from it.
    /// Use <see cref="Group"/> with children of your own group where there may be such.
    /// </summary>
    public static WaitTarget Any { get; } = new(All, 0);

    /// <summary>Any child in the caller's process group (P_PGID with 0).</summary>
    public static WaitTarget OwnGroup { get; } = new(ByGroup, 0);

    internal int Kind { get; }

    internal int Id { get; }

    /// <summary>One child (P_PID).</summary>
    public static WaitTarget Process(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(id);
        return new WaitTarget(ById, id);
    }

    /// <summary>Any child in a process group (P_PGID).</summary>
    public static WaitTarget Group(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(id);
        return new WaitTarget(ByGroup, id);
    }
}
