using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Several whole numbers in one file, as the three of <c>udp_mem</c>. A write may give fewer: the others stay, also where a later number is refused.</summary>
public sealed class SysctlVector : SysctlEntry
{
    private readonly long[] _values;
    private readonly long[] _defaults;
    private readonly long _min, _max;

    /// <summary>Describes an entry.</summary>
    /// <param name="path">As <c>net/ipv4/udp_mem</c>.</param>
    /// <param name="defaults">The defaults.</param>
    /// <param name="min">Least value allowed for each.</param>
    /// <param name="max">Greatest value allowed for each.</param>
    /// <param name="meaning">What it does, in a line.</param>
    internal SysctlVector(string path, long[] defaults, long min, long max, string meaning) : base(path, meaning)
    {
        _defaults = defaults;
        _values = [.. defaults];
        _min = min;
        _max = max;
    }

    /// <summary>How many numbers there are.</summary>
    public int Count => _values.Length;

    /// <summary>One of the numbers.</summary>
    public long this[int index] => _values[index];

    /// <inheritdoc/>
    public override string Text => Format(_values);

    /// <inheritdoc/>
    public override string DefaultText => Format(_defaults);

    /// <inheritdoc/>
    public override string Range => string.Create(CultureInfo.InvariantCulture, $"{Count} numbers, each {_min} to {_max}");

    /// <inheritdoc/>
    protected override Errno Parse(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < _values.Length; i++)
        {
            Errno error = SysctlText.TakeNumber(ref text, out long value);
            if (error == Errno.ENODATA && i > 0) break;
            if (error != Errno.None || value < _min || value > _max) return Errno.EINVAL;
            _values[i] = value;
        }
        return Errno.None;
    }

    private static string Format(long[] values) => string.Join('\t', values.Select(static v => v.ToString(CultureInfo.InvariantCulture)));
}
