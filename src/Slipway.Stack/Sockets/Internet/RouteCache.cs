using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Answers of the routing for sockets that are not connected: the last one of each of a few destinations, as long as nothing has changed.</summary>
internal sealed class RouteCache(StackHost host)
{
    private const int Size = 64;

    private readonly Entry[] _entries = new Entry[Size];

    public Errno Find(in FlowKey flow, out RouteDecision decision)
    {
        ref Entry entry = ref _entries[flow.Destination.GetHashCode() & (Size - 1)];
        if (entry.Decision.Generation == host.RoutingGeneration && entry.Flow == flow)
        {
            decision = entry.Decision;
            return Errno.None;
        }
        Errno error = host.Ip.Route(flow, out decision);
        if (error != Errno.None) return error;
        entry.Flow = flow;
        entry.Decision = decision;
        return Errno.None;
    }

    private struct Entry
    {
        public FlowKey Flow;
        public RouteDecision Decision;
    }
}
