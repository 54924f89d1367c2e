using Slipway.Wire;

namespace Slipway.Lab;

/// <summary>Which interfaces of hosts hear each other: those of one link, or of links joined by switches.</summary>
internal sealed class SegmentMap
{
    private readonly Dictionary<LabInterface, List<LabInterface>> _segments = [];

    public SegmentMap(IReadOnlyList<LabLink> links)
    {
        foreach (LabLink link in links)
        {
            foreach (LabInterface end in (ReadOnlySpan<LabInterface>)[link.A, link.B])
                if (end.Node is Host && !_segments.ContainsKey(end)) Flood(end, links);
        }
    }

    /// <summary>The interfaces on the segment of this one, itself too, in the order in which a flood finds them.</summary>
    public IReadOnlyList<LabInterface> SegmentOf(LabInterface end) => _segments.TryGetValue(end, out List<LabInterface>? segment) ? segment : [end];

    /// <summary>Whether another host on the segment has an address of the network.</summary>
    public bool HasNeighbor(LabInterface end, Host host, IpPrefix prefix)
    {
        foreach (LabInterface other in SegmentOf(end))
        {
            if (other.Node == host) continue;
            var neighbor = (Host)other.Node;
            bool single = neighbor.Interfaces.Skip(1).FirstOrDefault() is null;
            foreach (PlannedAddress planned in neighbor.Addresses)
                if ((planned.On == other || planned.On is null && (single || neighbor.IsRouter)) && planned.Prefix.Network == prefix.Network) return true;
        }
        return false;
    }

    private void Flood(LabInterface start, IReadOnlyList<LabLink> links)
    {
        var segment = new List<LabInterface>();
        var switches = new HashSet<NetworkNode>();
        var ends = new Queue<LabInterface>([start]);
        while (ends.TryDequeue(out LabInterface? end))
        {
            if (end.Node is Host)
            {
                if (segment.Contains(end)) continue;
                segment.Add(end);
                _segments[end] = segment;
                ends.Enqueue(end.Link!.Other(end));
            }
            else if (switches.Add(end.Node))
            {
                foreach (LabLink link in links)
                {
                    if (link.A.Node == end.Node) ends.Enqueue(link.B);
                    if (link.B.Node == end.Node) ends.Enqueue(link.A);
                }
            }
        }
    }
}
