namespace Slipway.Sockets;

/// <summary>What gethostbyname and gethostbyaddr give: the host, or h_errno.</summary>
/// <param name="Error">h_errno, or <see cref="HostError.None"/>.</param>
/// <param name="Entry">The host; null after a failure.</param>
public readonly record struct HostResult(HostError Error, HostEntry? Entry)
{
    /// <summary>Whether the host was found.</summary>
    public bool Succeeded => Entry is not null;

    internal static HostResult Found(HostEntry entry) => new(HostError.None, entry);

    internal static HostResult Failure(HostError error) => new(error, null);
}
