using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>The header of a message that the host sends.</summary>
internal readonly record struct MessageHead(ushort Type, ushort Flags, uint Sequence, uint Port)
{
    /// <summary>Of an entry of a dump.</summary>
    public static MessageHead OfDump(ushort type, in NetlinkRequest request) => new(type, NetlinkFlags.NLM_F_MULTI, request.Sequence, request.Port);

    /// <summary>Of the one answer.</summary>
    public static MessageHead OfAnswer(ushort type, in NetlinkRequest request) => new(type, 0, request.Sequence, request.Port);

    public void Begin(NetlinkWriter writer) => writer.BeginMessage(Type, Flags, Sequence, Port);
}
