namespace Slipway.Samples;

/// <summary>The built-in services.</summary>
public static class InternetServices
{
    /// <summary>All of them, in the order of their ports.</summary>
    public static IReadOnlyList<DatagramService> All { get; } =
        [new EchoService(), new DiscardService(), new DaytimeService(), new CharacterGeneratorService(), new UptimeService()];

    /// <summary>The service of that name, or null.</summary>
    public static DatagramService? Find(string name) => All.FirstOrDefault(service => service.Name == name);
}
