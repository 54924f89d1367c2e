namespace Slipway.Cli;

/// <summary>What ip leaves out of a route where all that it shows have the same, because they were asked for by it.</summary>
[Flags]
internal enum IpRouteFields
{
    None = 0,
    Gateway = 1,
    Device = 2,
    Table = 4,
    Protocol = 8,
    Scope = 16,
    Source = 32,
    All = Gateway | Device | Table | Protocol | Scope | Source,
}
