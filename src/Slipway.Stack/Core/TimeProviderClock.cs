namespace Slipway.Stack;

/// <summary>A clock that follows a <see cref="TimeProvider"/>: the machine's, handed in at the edge, or a test's.</summary>
public sealed class TimeProviderClock : StackClock
{
    private readonly TimeProvider _provider;
    private readonly long _start;
    private readonly long _frequency;

    /// <summary>Starts at 0 now.</summary>
    public TimeProviderClock(TimeProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        _provider = provider;
        _frequency = provider.TimestampFrequency;
        _start = provider.GetTimestamp();
    }

    /// <inheritdoc/>
    public override long Now
    {
        get
        {
            long elapsed = _provider.GetTimestamp() - _start;
            return _frequency == Second ? elapsed : (long)((Int128)elapsed * Second / _frequency);
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset WallTime => _provider.GetUtcNow();
}
