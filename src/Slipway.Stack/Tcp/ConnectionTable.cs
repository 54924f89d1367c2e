using System.Numerics;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The connections of a host by both addresses and ports. Entering allocates nothing but for growth; a secret key keeps others from choosing the collisions.</summary>
internal sealed class ConnectionTable(ulong hashKey)
{
    private const int SmallestSize = 16;

    private TcpEndpoint?[] _heads = new TcpEndpoint?[SmallestSize];

    public int Count { get; private set; }

    public TcpEndpoint? Find(IpAddress local, ushort localPort, IpAddress remote, ushort remotePort, int interfaceIndex)
    {
        uint hash = HashOf(local, localPort, remote, remotePort);
        for (TcpEndpoint? endpoint = _heads[hash & (uint)(_heads.Length - 1)]; endpoint is not null; endpoint = endpoint.NextInTable)
        {
            if (endpoint.TableHash == hash && endpoint.Matches(local, localPort, remote, remotePort, interfaceIndex)) return endpoint;
        }
        return null;
    }

    public void Add(TcpEndpoint endpoint)
    {
        if (Count >= _heads.Length) Grow();
        endpoint.TableHash = HashOf(endpoint.LocalAddress, endpoint.LocalPort, endpoint.RemoteAddress, endpoint.RemotePort);
        Link(endpoint);
        endpoint.IsInTable = true;
        Count++;
    }

    public void Remove(TcpEndpoint endpoint)
    {
        if (!endpoint.IsInTable) return;
        ref TcpEndpoint? place = ref _heads[endpoint.TableHash & (uint)(_heads.Length - 1)];
        while (!ReferenceEquals(place, endpoint)) place = ref place!.NextInTable;
        place = endpoint.NextInTable;
        endpoint.NextInTable = null;
        endpoint.IsInTable = false;
        Count--;
    }

    /// <summary>All entries, into a list of their own: what is done to them may change the table.</summary>
    public List<TcpEndpoint> ToList()
    {
        var list = new List<TcpEndpoint>(Count);
        foreach (TcpEndpoint? head in _heads)
        {
            for (TcpEndpoint? endpoint = head; endpoint is not null; endpoint = endpoint.NextInTable) list.Add(endpoint);
        }
        return list;
    }

    private void Link(TcpEndpoint endpoint)
    {
        ref TcpEndpoint? head = ref _heads[endpoint.TableHash & (uint)(_heads.Length - 1)];
        endpoint.NextInTable = head;
        head = endpoint;
    }

    private void Grow()
    {
        TcpEndpoint?[] old = _heads;
        _heads = new TcpEndpoint?[old.Length * 2];
        foreach (TcpEndpoint? head in old)
        {
            for (TcpEndpoint? endpoint = head; endpoint is not null;)
            {
                TcpEndpoint? next = endpoint.NextInTable;
                Link(endpoint);
                endpoint = next;
            }
        }
    }

    private uint HashOf(IpAddress local, ushort localPort, IpAddress remote, ushort remotePort)
    {
        ulong hash = Mix(local.Low ^ BitOperations.RotateLeft(local.High, 23) ^ (ulong)localPort << 16);
        hash = Mix(hash ^ remote.Low ^ BitOperations.RotateLeft(remote.High, 41) ^ remotePort);
        return (uint)(hash >> 32);
    }

    private ulong Mix(ulong value)
    {
        value = (value ^ hashKey) * (hashKey | 1);
        value ^= value >> 29;
        return value * 0xFF51_AFD7_ED55_8CCD;
    }
}
