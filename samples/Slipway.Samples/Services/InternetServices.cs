namespace Slipway.Samples;

/// <summary>The built-in services.</summary>
public static class InternetServices
{
    /// <summary>All of them, in the order of their ports.</summary>
    public static IReadOnlyList<InternetService> All { get; } =
    [
        new(new EchoService(), new EchoStream()),
        new(new DiscardService(), new DiscardStream()),
        new(new DaytimeService(), new DaytimeStream()),
        new(new CharacterGeneratorService(), new CharacterGeneratorStream()),
        new(new UptimeService(), new UptimeStream()),
    ];

    /// <summary>The service of that name, or null.</summary>
    public static InternetService? Find(string name) => All.FirstOrDefault(service => service.Name == name);
}
