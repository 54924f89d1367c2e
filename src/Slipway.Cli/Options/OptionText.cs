using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>How values and types of options stand in the table.</summary>
internal static class OptionText
{
    private const int LongestInTable = 32;

    /// <summary>The type of a value in one word.</summary>
    public static string Type(SocketOptionKind kind) => kind switch
    {
        SocketOptionKind.Flag => "flag",
        SocketOptionKind.Int => "int",
        SocketOptionKind.ByteOrIntFlag => "flag (1 or 4 bytes)",
        SocketOptionKind.ByteOrInt => "int (1 or 4 bytes)",
        SocketOptionKind.TimeValue => "timeval",
        SocketOptionKind.Linger => "linger",
        SocketOptionKind.Text => "text",
        SocketOptionKind.Number64 => "uint64",
        SocketOptionKind.IPv4Address => "in_addr",
        _ => "bytes",
    };

    /// <summary>A value as text.</summary>
    public static string Value(SocketOptionKind kind, ReadOnlySpan<byte> value)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        return kind switch
        {
            SocketOptionKind.IPv4Address when value.Length == 4 => string.Create(plain, $"{value[0]}.{value[1]}.{value[2]}.{value[3]}"),
            SocketOptionKind.Linger when value.Length == 8 =>
                string.Create(plain, $"{(Int(value) != 0 ? "on" : "off")}, {Int(value[4..])} s"),
            SocketOptionKind.TimeValue when value.Length == 16 => string.Create(plain, $"{Time(value)} s"),
            SocketOptionKind.Number64 when value.Length == 8 => BinaryPrimitives.ReadUInt64LittleEndian(value).ToString(plain),
            SocketOptionKind.Text => '"' + Encoding.UTF8.GetString(value.TrimEnd((byte)0)) + '"',
            SocketOptionKind.Bytes => Bytes(value),
            _ when value.Length == 4 => Int(value).ToString(plain),
            _ when value.Length == 8 => BinaryPrimitives.ReadInt64LittleEndian(value).ToString(plain),
            _ => Bytes(value),
        };
    }

    /// <summary>A value that fits a column of a table.</summary>
    public static string Short(string? value) => value switch
    {
        null => "",
        { Length: > LongestInTable } => string.Create(CultureInfo.InvariantCulture, $"{value.AsSpan(0, LongestInTable)}… ({value.Length / 2} bytes)"),
        _ => value,
    };

    private static string Bytes(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return "empty";
        return value.ContainsAnyExcept((byte)0) ? Convert.ToHexStringLower(value) : string.Create(CultureInfo.InvariantCulture, $"{value.Length} zeros");
    }

    private static int Int(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadInt32LittleEndian(value);

    private static decimal Time(ReadOnlySpan<byte> value) =>
        BinaryPrimitives.ReadInt64LittleEndian(value) + BinaryPrimitives.ReadInt64LittleEndian(value[8..]) / 1_000_000m;
}
