using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A whole number. The data path reads <see cref="Value"/>, a plain field.</summary>
public sealed class SysctlInt : SysctlEntry
{
    private readonly int _default;
    private readonly Func<int, bool>? _check;

    /// <summary>Describes an entry.</summary>
    /// <param name="path">As <c>net/ipv4/ip_forward</c>.</param>
    /// <param name="value">The default.</param>
    /// <param name="min">Least value allowed.</param>
    /// <param name="max">Greatest value allowed.</param>
    /// <param name="meaning">What it does, in a line.</param>
    /// <param name="check">A further condition, which may depend on other entries.</param>
    internal SysctlInt(string path, int value, int min, int max, string meaning, Func<int, bool>? check = null) : base(path, meaning)
    {
        Value = _default = value;
        Min = min;
        Max = max;
        _check = check;
    }

    /// <summary>The value.</summary>
    public int Value { get; private set; }

    /// <summary>Not 0: how the switches among them are read.</summary>
    public bool IsOn => Value != 0;

    /// <summary>Least value allowed.</summary>
    public int Min { get; }

    /// <summary>Greatest value allowed.</summary>
    public int Max { get; }

    /// <inheritdoc/>
    public override string Text => Value.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string DefaultText => _default.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string Range => string.Create(CultureInfo.InvariantCulture, $"{Min} to {Max}");

    /// <summary>Sets the value.</summary>
    /// <returns>EINVAL: out of range.</returns>
    public Errno Set(int value)
    {
        Errno error = Store(value);
        if (error == Errno.None) OnSet();
        return error;
    }

    /// <inheritdoc/>
    protected override Errno Parse(ReadOnlySpan<char> text)
        => SysctlText.TakeNumber(ref text, out long value) == Errno.None ? Store(value) : Errno.EINVAL;

    /// <summary>Takes a value over from another entry (a default, <c>all</c>) without counting as set.</summary>
    internal void Inherit(int value) => Value = value;

    private Errno Store(long value)
    {
        if (value < Min || value > Max || _check?.Invoke((int)value) == false) return Errno.EINVAL;
        Value = (int)value;
        return Errno.None;
    }
}
