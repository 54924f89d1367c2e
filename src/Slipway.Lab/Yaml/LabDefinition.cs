namespace Slipway.Lab;

/// <summary>What a lab file says, checked.</summary>
internal sealed class LabDefinition
{
    public ulong? Seed { get; set; }

    public TimeSpan? Stop { get; set; }

    public List<HostDefinition> Hosts { get; } = [];

    public List<string> Switches { get; } = [];

    /// <summary>Those of the switches that listen in on IGMP and MLD.</summary>
    public List<string> SnoopingSwitches { get; } = [];

    public List<LinkDefinition> Links { get; } = [];

    public List<ProgramDefinition> Programs { get; } = [];

    public IEnumerable<string> NodeNames => Hosts.Select(static host => host.Name).Concat(Switches);

    public HostDefinition? FindHost(string name) => Hosts.Find(host => host.Name == name);

    public bool HasNode(string name) => FindHost(name) is not null || Switches.Contains(name);
}
