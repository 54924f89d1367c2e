namespace Slipway.Wire;

/// <summary>
/// Numbers of the pcapng format (draft-ietf-opsawg-pcapng §3, §4). All blocks have one frame:
/// <code>
/// +---------------------------------------------------------------+
/// |                          Block Type                           |
/// |                      Block Total Length                       |   whole block, a multiple of 4
/// |          Block Body, padded to 32 bits                        |
/// |                      Block Total Length                       |
/// +---------------------------------------------------------------+
/// </code>
/// and options are code, length, value padded to 32 bits.
/// </summary>
internal static class PcapngBlock
{
    internal const uint SectionHeader = 0x0A0D0D0A, InterfaceDescription = 1, SimplePacket = 3, EnhancedPacket = 6;

    internal const uint ByteOrderMagic = 0x1A2B3C4D;

    internal const ushort EndOfOptions = 0, Comment = 1, InterfaceName = 2, TimestampResolution = 9, TimestampOffset = 14, UserApplication = 4;

    /// <summary>Type and both lengths.</summary>
    internal const int FrameLength = 12;
}
