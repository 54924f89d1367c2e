using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Digests of segments (RFC 2385 §2): MD5 over the pseudo header, the TCP header without options and checksum, the data, and the key.</summary>
internal sealed class TcpSigner
{
    /// <summary>Bytes of a digest.</summary>
    public const int DigestLength = 16;

    /// <summary>Where the digest of a segment of ours stands: behind the header, two no-operations, kind and length.</summary>
    private const int DigestAt = TcpHeader.MinimumLength + 4;

    private const int ChecksumAt = 16;

    private const int MostPseudoHeader = 40;

    // What is hashed, in one piece: it grows to the longest segment that was signed.
    private byte[] _input = new byte[2048];

    /// <summary>Signs a segment whose options begin with room for it (<see cref="TcpOptions.IsSigned"/>), and which is done but for its checksum.</summary>
    /// <param name="segment">The whole segment, from the TCP header on.</param>
    /// <param name="source">Our address.</param>
    /// <param name="destination">The peer's.</param>
    /// <param name="key">The key.</param>
    public void Sign(Span<byte> segment, IpAddress source, IpAddress destination, TcpKey key)
    {
        int headerLength = segment[12] >> 4 << 2;
        Hash(segment, headerLength, source, destination, key, segment.Slice(DigestAt, DigestLength));
    }

    /// <summary>Whether the digest of a segment that was received is that of a key.</summary>
    public bool Verify(in TcpArrival segment, TcpKey key)
    {
        Span<byte> digest = stackalloc byte[DigestLength];
        // A filter may have cut the data; what is signed is all that came, and this is asked before.
        ReadOnlySpan<byte> whole = segment.Packet!.FromTransportHeader[..(segment.HeaderLength + segment.Length)];
        Hash(whole, segment.HeaderLength, segment.Source, segment.Destination, key, digest);
        return digest.SequenceEqual(whole.Slice(segment.SignatureAt, DigestLength));
    }

    [SuppressMessage("Security", "CA5351", Justification = "RFC 2385 names MD5.")]
    private void Hash(ReadOnlySpan<byte> segment, int headerLength, IpAddress source, IpAddress destination, TcpKey key, Span<byte> digest)
    {
        int most = MostPseudoHeader + segment.Length + TcpKey.MaxLength;
        if (_input.Length < most) _input = new byte[BitOperations.RoundUpToPowerOf2((uint)most)];
        Span<byte> rest = _input;
        rest = rest[WritePseudoHeader(rest, source, destination, segment.Length)..];
        segment[..TcpHeader.MinimumLength].CopyTo(rest);
        rest.Slice(ChecksumAt, 2).Clear();
        rest = rest[TcpHeader.MinimumLength..];
        segment[headerLength..].CopyTo(rest);
        rest = rest[(segment.Length - headerLength)..];
        key.Secret.CopyTo(rest);
        MD5.HashData(_input.AsSpan(0, _input.Length - rest.Length + key.Secret.Length), digest);
    }

    private static int WritePseudoHeader(Span<byte> room, IpAddress source, IpAddress destination, int length)
    {
        if (source.IsIPv4)
        {
            source.WriteIPv4(room);
            destination.WriteIPv4(room[4..]);
            BinaryPrimitives.WriteUInt32BigEndian(room[8..], (uint)IpProtocolNumber.Tcp << 16 | (uint)length);
            return 12;
        }
        source.WriteIPv6(room);
        destination.WriteIPv6(room[16..]);
        BinaryPrimitives.WriteUInt32BigEndian(room[32..], (uint)length);
        BinaryPrimitives.WriteUInt32BigEndian(room[36..], (uint)IpProtocolNumber.Tcp);
        return 40;
    }
}
