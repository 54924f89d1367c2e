using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>An entry of the error queue: struct sock_extended_err with the offender's address behind it (ip(7), IP_RECVERR).</summary>
/// <param name="Error">ee_errno.</param>
/// <param name="Origin">ee_origin: one of the constants.</param>
/// <param name="Type">ee_type: the ICMP type.</param>
/// <param name="Code">ee_code: the ICMP code.</param>
/// <param name="Info">ee_info: the path MTU where the error is EMSGSIZE.</param>
/// <param name="Data">ee_data.</param>
/// <param name="Offender">Who sent the error; null where nobody did (a local error).</param>
public readonly record struct ExtendedSocketError(Errno Error, byte Origin, byte Type, byte Code, uint Info, uint Data, InetAddress? Offender)
{
    /// <summary>SO_EE_ORIGIN_NONE.</summary>
    public const byte OriginNone = 0;

    /// <summary>SO_EE_ORIGIN_LOCAL: this host found the error itself.</summary>
    public const byte OriginLocal = 1;

    /// <summary>SO_EE_ORIGIN_ICMP.</summary>
    public const byte OriginIcmp = 2;

    /// <summary>SO_EE_ORIGIN_ICMP6.</summary>
    public const byte OriginIcmp6 = 3;

    /// <summary>SO_EE_ORIGIN_TIMESTAMPING: no error (ENOMSG) but the time at which something was sent; <see cref="Info"/> says which moment, <see cref="Data"/> of which send.</summary>
    public const byte OriginTimestamping = 4;

    /// <summary>SO_EE_ORIGIN_ZEROCOPY: sends whose memory is free again, from <see cref="Info"/> to <see cref="Data"/>.</summary>
    public const byte OriginZeroCopy = 5;

    /// <summary>SO_EE_CODE_ZEROCOPY_COPIED: the bytes were copied after all.</summary>
    public const byte CodeCopied = 1;

    /// <summary>Bytes of struct sock_extended_err, without the address.</summary>
    public const int HeaderLength = 16;

    /// <summary>Where in the payload that came with an ICMP error the extensions of RFC 4884 begin (sock_ee_data_rfc4884); 0 without any, or without IP_RECVERR_RFC4884 or IPV6_RECVERR_RFC4884.</summary>
    public int ExtensionOffset => Origin is OriginIcmp or OriginIcmp6 ? (int)(Data & 0xFFFF) : 0;

    /// <summary>SO_EE_RFC4884_FLAG_INVALID: those extensions have a wrong checksum, or an object of a wrong length.</summary>
    public bool HasInvalidExtensions => Origin is OriginIcmp or OriginIcmp6 && (Data >> 16 & 1) != 0;

    /// <summary>Reads the structure and the address behind it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than <see cref="HeaderLength"/> bytes.</exception>
    public static ExtendedSocketError Read(ReadOnlySpan<byte> bytes)
    {
        InetAddress? offender = InetAddress.TryRead(bytes[HeaderLength..], out InetAddress address) ? address : default(InetAddress?);
        return new ExtendedSocketError(
            (Errno)BinaryPrimitives.ReadInt32LittleEndian(bytes), bytes[4], bytes[5], bytes[6],
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]), offender);
    }
}
