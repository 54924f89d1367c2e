namespace Slipway.Linux;

/// <summary>Where a program may be, as execvp(3) looks for it. The child tries them, because it has the ids, the root and the directory that count.</summary>
internal static class ProgramSearch
{
    private const string WithoutPath = "/bin:/usr/bin";

    /// <param name="name">A name without a slash.</param>
    public static string[] Paths(string name)
    {
        string[] places = (Environment.GetEnvironmentVariable("PATH") ?? WithoutPath).Split(':');
        // An empty element is the working directory.
        for (int i = 0; i < places.Length; i++) places[i] = places[i].Length == 0 ? $"./{name}" : $"{places[i]}/{name}";
        return places;
    }
}
