using System.Buffers.Binary;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The keys of a listener's, or a host's, cookies: a cookie proves that its owner once got an answer at its address (RFC 7413 §4.1.2). Two keys, so that those that were made with
/// the old one still count when it is changed. Cookies are those of Linux under the same keys, so that several servers can share them.
/// </summary>
internal sealed class FastOpenKeys
{
    /// <summary>Bytes of one key.</summary>
    public const int KeyLength = 16;

    private readonly SipKey _first;
    private readonly SipKey? _second;

    private FastOpenKeys(SipKey first, SipKey? second)
    {
        _first = first;
        _second = second;
    }

    /// <summary>One key by chance.</summary>
    public static FastOpenKeys From(RandomSource random) => new(SipKey.From(random), null);

    /// <summary>Reads one key or two (TCP_FASTOPEN_KEY); null where the length is another.</summary>
    public static FastOpenKeys? Read(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        KeyLength => new FastOpenKeys(ReadKey(bytes), null),
        2 * KeyLength => new FastOpenKeys(ReadKey(bytes), ReadKey(bytes[KeyLength..])),
        _ => null,
    };

    /// <summary>The keys as bytes.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[_second is null ? KeyLength : 2 * KeyLength];
        WriteKey(_first, bytes);
        if (_second is { } second) WriteKey(second, bytes.AsSpan(KeyLength));
        return bytes;
    }

    /// <summary>The cookie for a client, by the first key.</summary>
    public FastOpenCookie CookieFor(IpAddress client, IpAddress server) => Make(_first, client, server);

    /// <summary>By which key a cookie is the client's: 1 or 2; 0 by none.</summary>
    public int Check(FastOpenCookie cookie, IpAddress client, IpAddress server)
        => cookie == Make(_first, client, server) ? 1 : _second is { } second && cookie == Make(second, client, server) ? 2 : 0;

    private static FastOpenCookie Make(SipKey key, IpAddress client, IpAddress server)
    {
        ulong hash = client.IsIPv4
            ? key.Hash([BinaryPrimitives.ReverseEndianness(client.IPv4) | (ulong)BinaryPrimitives.ReverseEndianness(server.IPv4) << 32])
            : key.Hash([Reversed(client.High), Reversed(client.Low), Reversed(server.High), Reversed(server.Low)]);
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, hash);
        return new FastOpenCookie(bytes);
    }

    private static ulong Reversed(ulong word) => BinaryPrimitives.ReverseEndianness(word);

    private static SipKey ReadKey(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));

    private static void WriteKey(SipKey key, Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, key.K0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], key.K1);
    }
}
