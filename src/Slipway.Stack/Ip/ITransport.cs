namespace Slipway.Stack;

/// <summary>An upper protocol of a host: takes the packets and the ICMP errors of its protocol number.</summary>
public interface ITransport
{
    /// <summary>
    /// Takes a packet for this host. Ownership moves. The packet begins at the transport header;
    /// <see cref="PacketBuffer.FromNetworkHeader"/> still shows the IP header.
    /// </summary>
    /// <param name="packet">The packet, whole: fragments have been put together.</param>
    /// <param name="info">What the IP header said.</param>
    void Receive(PacketBuffer packet, in ReceivedIp info);

    /// <summary>Takes an ICMP error about a packet of this protocol that carries a source address of this host.</summary>
    void ReceiveError(in IcmpError error);

    /// <summary>
    /// Whether a message that lowers a path MTU is to be believed. A protocol that can tell its own packets from invented ones says no
    /// where the quotation was never in flight (RFC 5927 §7, RFC 8201 §5.2).
    /// </summary>
    bool AcceptsPathMtu(in IcmpError error) => true;
}
