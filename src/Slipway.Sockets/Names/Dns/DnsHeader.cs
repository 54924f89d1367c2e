using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>The twelve bytes at the start of a DNS message (RFC 1035 §4.1.1).</summary>
internal readonly record struct DnsHeader(ushort Id, ushort Flags, ushort Questions, ushort Answers, ushort Authorities, ushort Additionals)
{
    //    0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
    //   |                      ID                       |   0
    //   |QR|   Opcode  |AA|TC|RD|RA|   Z    |   RCODE   |   2
    //   |                    QDCOUNT                    |   4
    //   |                    ANCOUNT                    |   6
    //   |                    NSCOUNT                    |   8
    //   |                    ARCOUNT                    |  10
    public const int Length = 12;

    public const ushort ResponseFlag = 0x8000, OpcodeMask = 0x7800, AuthoritativeFlag = 0x0400, TruncatedFlag = 0x0200, RecursionDesiredFlag = 0x0100, RecursionAvailableFlag = 0x0080;

    public bool IsResponse => (Flags & ResponseFlag) != 0;

    public bool IsTruncated => (Flags & TruncatedFlag) != 0;

    public DnsResponseCode ResponseCode => (DnsResponseCode)(Flags & 0xF);

    /// <summary>An answer without content from a server that neither knows nor will ask: it only points elsewhere.</summary>
    public bool IsLame => ResponseCode == DnsResponseCode.NoError && Answers == 0 && Additionals == 0 && (Flags & (AuthoritativeFlag | RecursionAvailableFlag)) == 0;

    public static bool TryRead(ReadOnlySpan<byte> message, out DnsHeader header)
    {
        header = default;
        if (message.Length < Length) return false;
        header = new DnsHeader(
            BinaryPrimitives.ReadUInt16BigEndian(message),
            BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[6..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[10..]));
        return true;
    }

    public void Write(Span<byte> message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message, Id);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], Flags);
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], Questions);
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], Answers);
        BinaryPrimitives.WriteUInt16BigEndian(message[8..], Authorities);
        BinaryPrimitives.WriteUInt16BigEndian(message[10..], Additionals);
    }
}
