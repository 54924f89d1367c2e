using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Two numbers from which on and up to which something goes: <c>ip_local_port_range</c>, <c>ping_group_range</c>. Both change or none.</summary>
public sealed class SysctlRange : SysctlEntry
{
    private readonly (long Low, long High) _default;
    private readonly long _min, _max;
    private readonly bool _mayBeEmpty;
    private readonly Func<long, bool>? _checkLow;

    /// <summary>Describes an entry.</summary>
    /// <param name="path">As <c>net/ipv4/ip_local_port_range</c>.</param>
    /// <param name="low">Default of the first number.</param>
    /// <param name="high">Default of the last number.</param>
    /// <param name="min">Least value allowed for each.</param>
    /// <param name="max">Greatest value allowed for each.</param>
    /// <param name="meaning">What it does, in a line.</param>
    /// <param name="mayBeEmpty">Whether a last number before the first means an empty range, which is then kept as 1 0, instead of an error.</param>
    /// <param name="checkLow">A further condition for the first number, which may depend on other entries.</param>
    internal SysctlRange(string path, long low, long high, long min, long max, string meaning, bool mayBeEmpty = false, Func<long, bool>? checkLow = null) : base(path, meaning)
    {
        (Low, High) = _default = (low, high);
        _min = min;
        _max = max;
        _mayBeEmpty = mayBeEmpty;
        _checkLow = checkLow;
    }

    /// <summary>The first number of the range.</summary>
    public long Low { get; private set; }

    /// <summary>The last number of the range, included.</summary>
    public long High { get; private set; }

    /// <inheritdoc/>
    public override string Text => Format(Low, High);

    /// <inheritdoc/>
    public override string DefaultText => Format(_default.Low, _default.High);

    /// <inheritdoc/>
    public override string Range => string.Create(CultureInfo.InvariantCulture, $"two numbers, each {_min} to {_max}, the lower first");

    /// <summary>Whether the number lies in the range.</summary>
    public bool Contains(long value) => value >= Low && value <= High;

    /// <inheritdoc/>
    protected override Errno Parse(ReadOnlySpan<char> text)
    {
        if (SysctlText.TakeNumber(ref text, out long low) != Errno.None) return Errno.EINVAL;
        Errno error = SysctlText.TakeNumber(ref text, out long high);
        if (error == Errno.ENODATA) high = High;
        else if (error != Errno.None) return Errno.EINVAL;
        if (low < _min || low > _max || high < _min || high > _max || _checkLow?.Invoke(low) == false) return Errno.EINVAL;
        if (high < low && !_mayBeEmpty) return Errno.EINVAL;
        (Low, High) = high < low ? (1, 0) : (low, high);
        return Errno.None;
    }

    private static string Format(long low, long high) => string.Create(CultureInfo.InvariantCulture, $"{low}\t{high}");
}
