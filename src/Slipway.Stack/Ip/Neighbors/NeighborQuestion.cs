using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A neighbour solicitation that is to be answered.</summary>
internal readonly record struct NeighborQuestion
{
    /// <summary>Whose link-layer address is asked for.</summary>
    public required IpAddress Target { get; init; }

    /// <summary>Who asks; unspecified for a check for duplicates.</summary>
    public required IpAddress Asker { get; init; }

    /// <summary>The asker's link-layer address, where it says so.</summary>
    public MacAddress? Link { get; init; }

    /// <summary>Everybody was asked.</summary>
    public bool IsToAll { get; init; }

    /// <summary>The address is still being checked, so the answer does not replace what the asker knows (RFC 4429 §3.3).</summary>
    public bool IsUncertain { get; init; }

    /// <summary>Others may have the address too, so the answer does not replace what the asker knows (RFC 4861 §7.2.7).</summary>
    public bool IsAnycast { get; init; }
}
