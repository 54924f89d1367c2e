using Slipway.Samples;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Cli;

/// <summary>What <c>slipway up</c> is to put up.</summary>
internal sealed record UpSettings
{
    /// <summary>The device's name.</summary>
    public required string Device { get; init; }

    /// <summary>TAP, with Ethernet; otherwise TUN.</summary>
    public required bool IsTap { get; init; }

    /// <summary>The virtual host's addresses.</summary>
    public required IReadOnlyList<IpPrefix> Addresses { get; init; }

    /// <summary>The kernel's end's addresses.</summary>
    public required IReadOnlyList<IpPrefix> Peers { get; init; }

    /// <summary>The services that the host offers.</summary>
    public required IReadOnlyList<InternetService> Services { get; init; }

    /// <summary>The directory that the host serves over HTTP; null for none.</summary>
    public required HttpDirectory? Http { get; init; }

    /// <summary>Largest IP packet in bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>Whether the kernel may hand over, and take, chains of segments and checksums that are not computed.</summary>
    public required bool Offload { get; init; }

    /// <summary>How the device treats packets, each way.</summary>
    public required LinkModel Model { get; init; }

    /// <summary>The congestion control of the host's TCP; null for the stack's own choice.</summary>
    public required string? Congestion { get; init; }

    /// <summary>The file that all packets go to; null for none.</summary>
    public required string? Capture { get; init; }

    /// <summary>The line that tells that packets flow.</summary>
    public string ReadyLine
    {
        get
        {
            string addresses = string.Join(' ', Addresses);
            string services = Services.Count == 0 ? "none" : string.Join(',', Services.Select(static service => service.Name));
            return $"ready: {(IsTap ? "tap" : "tun")} {Device}, addresses {addresses}, services {services}{(Http is null ? "" : ", http")}";
        }
    }
}
