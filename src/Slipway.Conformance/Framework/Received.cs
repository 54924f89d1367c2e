using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>What one recvmsg brought, kept.</summary>
/// <param name="Data">The bytes.</param>
/// <param name="AddressLength">msg_namelen.</param>
/// <param name="Address">msg_name.</param>
/// <param name="Flags">msg_flags.</param>
/// <param name="Items">The control messages.</param>
public sealed record Received(byte[] Data, int AddressLength, byte[] Address, MessageFlags Flags, IReadOnlyList<ControlItem> Items)
{
    /// <summary>The control messages' levels and types, in order: <c>1/29 0/8</c>.</summary>
    public string Order => string.Join(' ', Items.Select(static i => $"{i.Level}/{i.Type}"));

    /// <summary>The last control message as sock_extended_err.</summary>
    public ExtendedSocketError Error => ExtendedSocketError.Read(Items[^1].Data);

    /// <summary>The control message of a level and type.</summary>
    public ControlItem? Find(int level, int type) => Items.FirstOrDefault(i => i.Level == level && i.Type == type);
}
