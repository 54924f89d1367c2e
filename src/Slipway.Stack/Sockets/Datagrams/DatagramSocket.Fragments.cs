using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What the fragments of a datagram cost the send buffer.</summary>
internal abstract partial class DatagramSocket
{
    /// <summary>
    /// Whether the fragments of a datagram may be made. The first waits for room as every datagram does; none is made behind it once twice the send buffer is taken
    /// (Linux __ip_append_data, __ip6_append_data).
    /// </summary>
    /// <param name="decision">The route.</param>
    /// <param name="fields">The fields of the header.</param>
    /// <param name="isIPv4">Whether it travels in IPv4.</param>
    /// <param name="held">Bytes that earlier calls gave, with the transport header: their fragments exist. 0 for a new datagram.</param>
    /// <param name="length">Bytes of the whole, with the transport header.</param>
    /// <returns>ENOBUFS, which counts as a discarded packet.</returns>
    protected Errno CheckFragments(in RouteDecision decision, in IpSendFields fields, bool isIPv4, int held, int length)
    {
        const int TransportHeader = 8;
        int header = isIPv4 ? Ipv4Header.MinimumLength + (fields.Options?.Length ?? 0) : Ipv6Header.Length + (fields.Options?.HopByHop.Length ?? 0);
        int mtu = PathLimit(decision, fields, isIPv4);
        if (!isIPv4 && fields.FragmentSize >= Ipv6Header.MinimumMtu) mtu = Math.Min(mtu, fields.FragmentSize);
        int whole = mtu - header;
        if (length <= whole) return Errno.None;
        int step = isIPv4 ? whole & ~7 : (whole & ~7) - Ipv6FragmentHeader.Length;
        if (step <= TransportHeader) return Errno.None;
        // The last fragment of IPv4 may be a little longer than the others.
        int longest = isIPv4 ? whole : step;
        long memory = SendMemory;
        for (int at = 0; at == 0 || length > at - step + longest; at += step)
        {
            bool exists = at == 0 || held > at - step + longest;
            if (!exists && memory >= 2L * SendBuffer)
            {
                if (isIPv4) Host.Counters[IpCounter.OutDiscards]++;
                else Host.Counters[Ip6Counter.OutDiscards]++;
                return Errno.ENOBUFS;
            }
            memory += SocketMemory.Of(Math.Min(step, length - at) - TransportHeader, isIPv4);
        }
        return Errno.None;
    }
}
