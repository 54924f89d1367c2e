using Slipway.Sockets;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>ICMP errors about segments of the connection (RFC 5927, RFC 1122 §4.2.3.9, RFC 6069; Linux tcp_v4_err).</summary>
internal sealed partial class TcpConnection
{
    /// <inheritdoc/>
    public override bool IsInFlight(uint sequence) => State is not (TcpState.Closed or TcpState.Listen) && Between(sequence, Sender.SndUna, Sender.SndNxt);

    /// <inheritdoc/>
    public override void ReceiveError(in IcmpError error, uint sequence)
    {
        if (error.IsPathMtu)
        {
            // The cache of the host has the new size by now; what was too long goes again.
            FindPath();
            return;
        }
        if (IsUnreachable(error) && Socket?.ReportsErrors(error.IsIPv4) != true) Sender.RevertBackOff(sequence);
        if (State is TcpState.SynSent or TcpState.SynReceived)
        {
            Socket?.QueueIcmpError(error);
            Count(TcpCounter.AttemptFails);
            Abort(error.Errno);
            return;
        }
        if (Socket is { } socket && socket.ReportsErrors(error.IsIPv4)) socket.QueueIcmpError(error);
        else SoftError = error.Errno;
    }

    /// <summary>Network or host unreachable: a way may be found again, so it does not mean congestion.</summary>
    private static bool IsUnreachable(in IcmpError error) => error.IsIPv4 ? error is { Type: 3, Code: 0 or 1 } : error is { Type: 1, Code: 0 };

    /// <summary>Takes the place of a connection in TIME_WAIT (RFC 6191): its numbers go on, and its timestamps are not undercut.</summary>
    public void ContinueFrom(TcpTimeWait rest)
    {
        uint next = rest.SndNxt + 65535 + 2;
        _continuedSequence = next == 0 ? 1 : next;
        RecentTimestamp = rest.RecentTimestamp;
        RecentTimestampAt = rest.RecentAt;
    }

    private uint _continuedSequence;

    /// <summary>The initial sequence number (RFC 6528), or what follows the predecessor's.</summary>
    public uint ChooseInitialSequence()
        => _continuedSequence != 0 ? _continuedSequence
            : Layer.Secrets.InitialSequence(new TcpTuple(LocalAddress, LocalPort, RemoteAddress, RemotePort), Now);
}
