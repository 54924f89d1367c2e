using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>A key that segments to and from a peer are signed with (RFC 2385): the value of TCP_MD5SIG and TCP_MD5SIG_EXT, struct tcp_md5sig of tcp(7). <see cref="Socket.SetSignatureKey"/> sets it.</summary>
/// <param name="Peer">The peer, of the socket's family: an IPv6 socket names one of IPv4 by its mapped address. The port does not count.</param>
/// <param name="Secret">The key, 1 to 80 bytes; no bytes take the key of the peer away.</param>
public readonly record struct SignatureKey(InetAddress Peer, ReadOnlyMemory<byte> Secret)
{
    /// <summary>Most bytes of a key (TCP_MD5SIG_MAXKEYLEN).</summary>
    public const int MaxSecretLength = 80;

    /// <summary>Bytes of struct tcp_md5sig.</summary>
    public const int Length = SecretAt + MaxSecretLength;

    private const int FlagsAt = 128, PrefixAt = 129, SecretLengthAt = 130, InterfaceAt = 132, SecretAt = 136;

    /// <summary>Bits of the peer's address that count: the key is for all whose address begins so (TCP_MD5SIG_FLAG_PREFIX); null for one address.</summary>
    public byte? PrefixLength { get; init; }

    /// <summary>The interface of the routing domain (VRF) that the peer is in, 0 for none (TCP_MD5SIG_FLAG_IFINDEX); null for any.</summary>
    public int? InterfaceIndex { get; init; }

    /// <summary>Whether only TCP_MD5SIG_EXT can say it.</summary>
    public bool IsExtended => PrefixLength is not null || InterfaceIndex is not null;

    /// <summary>struct tcp_diag_md5sig, as often as it is there: family, prefix, length, address, key.</summary>
    internal static List<SignatureKey> ReadDiagnosed(ReadOnlySpan<byte> bytes)
    {
        const int DiagnosedLength = 100, AddressAt = 4, KeyAt = 20;
        var keys = new List<SignatureKey>();
        for (; bytes.Length >= DiagnosedLength; bytes = bytes[DiagnosedLength..])
        {
            int length = Math.Min((int)BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), MaxSecretLength);
            InetAddress peer = bytes[0] == (int)AddressFamily.Inet
                ? InetAddress.IPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[AddressAt..]), 0)
                : InetAddress.IPv6(bytes.Slice(AddressAt, 16), 0);
            keys.Add(new SignatureKey(peer, bytes.Slice(KeyAt, length).ToArray()) { PrefixLength = bytes[1] });
        }
        return keys;
    }

    /// <summary>struct tcp_md5sig.</summary>
    /// <exception cref="ArgumentException">The key is longer than the structure holds.</exception>
    public byte[] ToBytes()
    {
        if (Secret.Length > MaxSecretLength) throw new ArgumentException($"a key of {Secret.Length} bytes: at most {MaxSecretLength}", nameof(Secret));
        byte[] bytes = new byte[Length];
        Peer.Write(bytes);
        bytes[FlagsAt] = (byte)((PrefixLength is null ? 0 : 1) | (InterfaceIndex is null ? 0 : 2));
        bytes[PrefixAt] = PrefixLength ?? 0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(SecretLengthAt), (ushort)Secret.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(InterfaceAt), InterfaceIndex ?? 0);
        Secret.Span.CopyTo(bytes.AsSpan(SecretAt));
        return bytes;
    }
}
