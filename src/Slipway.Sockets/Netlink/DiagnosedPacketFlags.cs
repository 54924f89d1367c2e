namespace Slipway.Sockets;

/// <summary>Facts about a packet socket (sock_diag(7); linux/packet_diag.h, PDI_).</summary>
[Flags]
public enum DiagnosedPacketFlags : uint
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>It sees frames.</summary>
    Running = 1,

    /// <summary>PACKET_AUXDATA.</summary>
    AuxiliaryData = 2,

    /// <summary>PACKET_ORIGDEV.</summary>
    OriginalDevice = 4,

    /// <summary>PACKET_VNET_HDR.</summary>
    VirtioHeader = 8,

    /// <summary>PACKET_LOSS.</summary>
    Loss = 16,
}
