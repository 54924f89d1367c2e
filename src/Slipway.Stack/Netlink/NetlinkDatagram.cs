namespace Slipway.Stack;

/// <summary>What waits in the queue of a netlink socket.</summary>
/// <param name="Bytes">Messages. Several sockets may hold the same bytes, so nobody changes them.</param>
/// <param name="Port">Who sent it; 0 is the kernel.</param>
/// <param name="Group">The group that it was sent to; 0 for none.</param>
internal readonly record struct NetlinkDatagram(byte[] Bytes, uint Port, int Group)
{
    /// <summary>Who sent it, where credentials are asked for: the kernel is process 0 of root.</summary>
    public UnixCredentials Credentials { get; init; } = new(0, 0, 0);

    /// <summary>What it costs of the receive buffer.</summary>
    public int Memory => UnixMemory.OfMessage(Bytes.Length);
}
