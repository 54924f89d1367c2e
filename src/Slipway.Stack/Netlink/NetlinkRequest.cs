using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A request while it is served: who asked, and what.</summary>
/// <param name="socket">The socket that it came from, and that gets the answer.</param>
/// <param name="process">Who sent it: capabilities are the sender's.</param>
/// <param name="reader">Stands at the request.</param>
internal readonly ref struct NetlinkRequest(NetlinkSocket socket, ProcessContext process, NetlinkReader reader)
{
    public readonly NetlinkSocket Socket = socket;
    public readonly ProcessContext Process = process;
    public readonly NetlinkReader Reader = reader;

    public ReadOnlySpan<byte> Body => Reader.Body;

    public ushort Type => Reader.Type;

    public uint Sequence => Reader.Sequence;

    /// <summary>The number of the socket, which answers carry.</summary>
    public uint Port => Socket.Port;

    /// <summary>Whether all entries are asked for.</summary>
    public bool IsDump => (Reader.Flags & NetlinkFlags.NLM_F_DUMP) != 0;

    /// <summary>NETLINK_GET_STRICT_CHK: what a request holds beyond what is understood is refused, and narrows a dump where it is.</summary>
    public bool IsStrict => Socket.IsStrict;

    public bool Has(ushort flag) => (Reader.Flags & flag) != 0;
}
