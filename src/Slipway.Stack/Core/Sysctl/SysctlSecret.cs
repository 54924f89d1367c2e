using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A secret that stands in the form of an IPv6 address (<c>stable_secret</c>): there is none until one is set.</summary>
public sealed class SysctlSecret : SysctlEntry
{
    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");

    internal SysctlSecret(string path, string meaning) : base(path, meaning)
    {
    }

    /// <summary>The secret; null without one.</summary>
    public IpAddress? Value { get; private set; }

    /// <inheritdoc/>
    public override string Text => Value is { } secret ? Format(secret) : "";

    /// <inheritdoc/>
    public override string DefaultText => "";

    /// <inheritdoc/>
    public override string Range => "an IPv6 address";

    /// <inheritdoc/>
    /// <remarks>EIO: there is no secret.</remarks>
    public override Errno ReadError => Value is null ? Errno.EIO : Errno.None;

    internal void Inherit(IpAddress? value) => Value = value;

    /// <inheritdoc/>
    /// <remarks>EIO: it does not begin with an IPv6 address. What follows one is ignored.</remarks>
    protected override Errno Parse(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExcept(AddressCharacters);
        if (!IpAddress.TryParse(end < 0 ? text : text[..end], out IpAddress secret) || !text.Contains(':')) return Errno.EIO;
        Value = secret;
        return Errno.None;
    }

    /// <summary>All 32 digits, as the kernel prints it.</summary>
    private static string Format(IpAddress secret)
    {
        Span<byte> bytes = stackalloc byte[16];
        secret.WriteIPv6(bytes);
        var groups = new string[8];
        for (int i = 0; i < groups.Length; i++) groups[i] = BinaryPrimitives.ReadUInt16BigEndian(bytes[(i * 2)..]).ToString("x4", CultureInfo.InvariantCulture);
        return string.Join(':', groups);
    }
}
