using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The addresses that Linux keeps beside the route of a connected socket of IPv4 (inet_sock.cork.fl). connect and datagrams that are held back write them, and what is sent on the route that
/// is kept carries them, even where they are not the peer's: after a connect elsewhere that failed, and after a datagram to somebody else that was held back (udp_sendmsg).
/// </summary>
internal sealed partial class UdpSocket
{
    private bool _isAstray;
    private IpAddress _strayAddress, _straySource;
    private ushort _strayPort;

    /// <inheritdoc/>
    protected override void NoteTarget(in SendTarget unreached)
    {
        if (!unreached.Address.IsIPv4 && unreached.Address != default) return;
        Stray(unreached.Address, unreached.Port, SourceAddress, isAstray: unreached.Address != default);
    }

    /// <summary>A datagram that is held back begins.</summary>
    private void NoteCorked(in SendTarget target, in RouteDecision decision)
        => Stray(target.Address, target.Port, decision.Source, isAstray: !target.IsPeer);

    /// <summary>Gives a datagram to the peer the addresses that were written last. It takes the peer's way: on the loopback device it comes to this host.</summary>
    private void LeadAstray(ref SendTarget target, ref RouteDecision decision)
    {
        target.Address = _strayAddress;
        target.Port = _strayPort;
        decision = decision with { Destination = _strayAddress, Source = _straySource };
    }

    private void Stray(IpAddress address, ushort port, IpAddress source, bool isAstray)
        => (_strayAddress, _strayPort, _straySource, _isAstray) = (address, port, source, isAstray);
}
