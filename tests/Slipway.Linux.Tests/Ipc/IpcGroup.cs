namespace Slipway.Linux.Tests;

/// <summary>Tests that hand descriptors to children: alone, so that no other test's child inherits them meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class IpcGroup
{
    public const string Name = "ipc";
}
