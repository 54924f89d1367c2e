using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Signed segments (RFC 2385): <c>md5 KEY</c> among the options. What the host sends is checked with <see cref="Key"/>, digests reckoned here by the text of the RFC.</summary>
internal sealed partial class SegmentScript
{
    /// <summary>The key of the connection: what the host sent is shown as signed by it, or by another.</summary>
    public string Key { get; set; } = "key";

    [SuppressMessage("Security", "CA5351", Justification = "RFC 2385 names MD5.")]
    private static byte[] Digest(ReadOnlySpan<byte> segment, IpAddress source, IpAddress destination, string key)
    {
        byte[] pseudo = new byte[12];
        source.WriteIPv4(pseudo);
        destination.WriteIPv4(pseudo.AsSpan(4));
        pseudo[9] = 6;
        BinaryPrimitives.WriteUInt16BigEndian(pseudo.AsSpan(10), (ushort)segment.Length);
        byte[] header = segment[..20].ToArray();
        header[16] = header[17] = 0;
        return MD5.HashData([.. pseudo, .. header, .. segment[((segment[12] >> 4) * 4)..], .. Encoding.ASCII.GetBytes(key)]);
    }

    private static void Sign(Span<byte> segment, IpAddress source, string options)
    {
        string key = options.Split(',').Select(static o => o.Trim()).First(static o => o.StartsWith("md5 ", StringComparison.Ordinal))[4..];
        int at = segment[20..].IndexOf((ReadOnlySpan<byte>)[19, 18]) + 22;
        Digest(segment, source, Own, key).CopyTo(segment[at..]);
    }

    private string Signer(ReadOnlySpan<byte> segment)
        => segment.Slice(24, 16).SequenceEqual(Digest(segment, LastHeader.Source, LastHeader.Destination, Key)) ? $"md5 {Key}" : "md5 of another key";
}
