namespace Slipway.Stack;

/// <summary>What an accepted stream has of the segment that ended its handshake: Linux reads hop limit and interface of multicast from there (tcp_v4_syn_recv_sock, tcp_v6_syn_recv_sock).</summary>
internal sealed partial class TcpSocket
{
    private byte _arrivalHops = 1;

    /// <inheritdoc/>
    protected override byte FirstMulticastHops => Connection.IsIPv4 ? _arrivalHops : (byte)1;

    /// <inheritdoc/>
    protected override int FirstMulticastInterface => Connection.IsIPv4 ? Connection.Receiver.FirstInterface : 0;

    /// <inheritdoc/>
    /// <remarks>Of IPv4 too, where the socket is one of IPv6.</remarks>
    protected override byte FirstMulticastHops6 => _arrivalHops;

    /// <inheritdoc/>
    protected override int FirstMulticastInterface6 => Connection.Receiver.FirstInterface;

    /// <inheritdoc/>
    protected override UncommonOptions MakeUncommon() => new()
    {
        MulticastTtl = FirstMulticastHops,
        MulticastInterface = FirstMulticastInterface,
        MulticastHops = FirstMulticastHops6,
        MulticastInterface6 = FirstMulticastInterface6,
    };

    private void TakeArrival(in TcpArrival segment)
    {
        _arrivalHops = segment.HopLimit;
        Connection.Receiver.FirstInterface = segment.Interface.Index;
        if (UncommonIfAny is not { } uncommon) return;
        (uncommon.MulticastHops, uncommon.MulticastInterface6) = (_arrivalHops, Connection.Receiver.FirstInterface);
        if (segment.Source.IsIPv4) (uncommon.MulticastTtl, uncommon.MulticastInterface) = (_arrivalHops, Connection.Receiver.FirstInterface);
    }
}
