namespace Slipway.Stack;

/// <summary>A datagram that is put together from several sends (MSG_MORE, UDP_CORK). Where it goes was decided by the first.</summary>
internal sealed class PendingDatagram
{
    /// <summary>Room for the UDP header, and the data so far.</summary>
    public required PacketBuffer Packet { get; init; }

    public required SendTarget Target { get; init; }

    public required RouteDecision Decision { get; init; }

    public required IpSendFields Fields { get; init; }

    /// <summary>Sends that it was made of and that wait for a completion (MSG_ZEROCOPY).</summary>
    public int Completions { get; set; }
}
