namespace Slipway.Stack;

/// <summary>Who pays for a packet on its way out: a socket whose send buffer is limited (SO_SNDBUF). Told when the packet has left the host, or is gone.</summary>
internal interface IPacketAccount
{
    /// <summary>The bytes that the packet was charged with are free again. Owner of the loop only.</summary>
    void Discharge(int bytes);
}
