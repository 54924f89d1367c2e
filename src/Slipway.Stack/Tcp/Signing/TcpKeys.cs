using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The keys of a socket by peer (TCP_MD5SIG, RFC 2385 §4.5). Few: a list is searched.</summary>
internal sealed class TcpKeys
{
    private readonly List<TcpKey> _keys = [];

    /// <summary>The keys, the oldest first.</summary>
    public IReadOnlyList<TcpKey> All => _keys;

    /// <summary>The key for a peer, by the longest prefix and of those of one length the newest (Linux __tcp_md5_do_lookup); null: segments are not signed.</summary>
    public TcpKey? Find(IpAddress peer)
    {
        TcpKey? best = null;
        for (int i = _keys.Count - 1; i >= 0; i--)
        {
            TcpKey key = _keys[i];
            if (key.Peers.Contains(peer) && (best is null || key.Peers.Length > best.Peers.Length)) best = key;
        }
        return best;
    }

    /// <summary>Adds a key, in place of one for the same peers.</summary>
    /// <returns>ENOMEM: net.core.optmem_max has no room for another.</returns>
    public Errno Add(TcpKey key, int mostMemory)
    {
        if (_keys.FindIndex(key.HasPeersOf) is var place and >= 0)
        {
            _keys[place] = key;
            return Errno.None;
        }
        if ((_keys.Count + 1) * TcpKey.Memory >= mostMemory) return Errno.ENOMEM;
        _keys.Add(key);
        return Errno.None;
    }

    /// <summary>Takes the key for exactly these peers away.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(TcpKey key) => _keys.RemoveAll(key.HasPeersOf) > 0;

    /// <summary>What a connection of a listener has of its keys: the one of its peer, for that address alone; null where it has none.</summary>
    public TcpKeys? For(IpAddress peer)
    {
        if (Find(peer) is not { } key) return null;
        var own = new TcpKeys();
        own._keys.Add(key with { Peers = new IpPrefix(peer, peer.Length * 8) });
        return own;
    }
}
