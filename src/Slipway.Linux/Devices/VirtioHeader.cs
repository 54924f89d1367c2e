using System.Runtime.InteropServices;
using Slipway.Wire;

namespace Slipway.Linux;

/// <summary>struct virtio_net_hdr of linux/virtio_net.h (virtio 1.2 §5.1.6), which goes before each packet of a TUN device with IFF_VNET_HDR. Numbers in the machine's byte order.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal readonly struct VirtioHeader
{
    public const int Length = 10;

    private const byte NeedsChecksum = 1, DataValid = 2;
    private const byte GsoNone = 0, GsoTcpV4 = 1, GsoTcpV6 = 4, GsoUdp = 5, GsoEcn = 0x80;
    private const int TcpChecksumOffset = 16, EthernetHeader = 14, UdpHeader = 8;
    private const byte CongestionWindowReduced = 0x80;

    private readonly byte _flags, _gsoType;
    private readonly ushort _headerLength, _gsoSize, _checksumStart, _checksumOffset;

    /// <summary>The header for a packet that is written.</summary>
    /// <param name="packet">The packet; one that stands for several has all its headers, as whoever made the offload has seen to.</param>
    /// <param name="hasEthernet">Whether it begins with an Ethernet header.</param>
    /// <param name="offload">What is left to be done.</param>
    public VirtioHeader(ReadOnlySpan<byte> packet, bool hasEthernet, in PacketOffload offload)
    {
        if (offload.Checksum == OffloadChecksum.Verified) _flags = DataValid;
        if (offload.Checksum != OffloadChecksum.Partial) return;
        _flags = NeedsChecksum;
        _checksumStart = offload.ChecksumStart;
        _checksumOffset = offload.ChecksumOffset;
        if (offload.SegmentSize == 0) return;
        _gsoSize = offload.SegmentSize;
        ReadOnlySpan<byte> transport = packet[_checksumStart..];
        if (_checksumOffset != TcpChecksumOffset)
        {
            _gsoType = GsoUdp;
            _headerLength = (ushort)(_checksumStart + UdpHeader);
            return;
        }
        _gsoType = packet[hasEthernet ? EthernetHeader : 0] >> 4 == 4 ? GsoTcpV4 : GsoTcpV6;
        if ((transport[13] & CongestionWindowReduced) != 0) _gsoType |= GsoEcn;
        _headerLength = (ushort)(_checksumStart + (transport[12] >> 4) * 4);
    }

    /// <summary>What the header of a packet that was read says.</summary>
    public PacketOffload Offload => new()
    {
        Checksum = (_flags & NeedsChecksum) != 0 ? OffloadChecksum.Partial : (_flags & DataValid) != 0 ? OffloadChecksum.Verified : OffloadChecksum.Complete,
        ChecksumStart = _checksumStart,
        ChecksumOffset = _checksumOffset,
        SegmentSize = (_gsoType & ~GsoEcn) == GsoNone ? (ushort)0 : _gsoSize,
    };
}
