using System.Xml.Linq;

namespace Slipway.Architecture.Tests;

/// <summary>The checked-out sources, found from where the tests run.</summary>
internal static class Repository
{
    /// <summary>The directory that holds Slipway.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The names of the projects in <c>src</c>.</summary>
    public static IReadOnlyList<string> SourceProjects { get; } =
        [.. Directory.GetDirectories(Path.Combine(Root, "src"))
            .Select(directory => Path.GetFileName(directory)!)
            .Where(name => File.Exists(ProjectFile("src", name)))
            .Order(StringComparer.Ordinal)];

    public static string ProjectFile(string room, string name) => Path.Combine(Root, room, name, name + ".csproj");

    /// <summary>Every project of the solution as (room, name): src, samples, bench, fuzz, tests.</summary>
    public static IEnumerable<(string Room, string Name)> AllProjects() =>
        XDocument.Load(Path.Combine(Root, "Slipway.slnx")).Descendants("Project")
            .Select(project => project.Attribute("Path")!.Value.Split('/'))
            .Select(parts => (parts[0], parts[1]));

    /// <summary>The projects that a project file references, by name.</summary>
    public static string[] ReferencesOf(string room, string name) =>
        [.. XDocument.Load(ProjectFile(room, name)).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
            .Order(StringComparer.Ordinal)];

    /// <summary>The C# files of a project, without what the build generates.</summary>
    public static IEnumerable<string> SourcesOf(string room, string name)
    {
        string directory = Path.Combine(Root, room, name);
        return Directory.EnumerateFiles(directory, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(directory, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"));
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Slipway.slnx")))
                return at.FullName;
        }
        throw new DirectoryNotFoundException($"no Slipway.slnx above {AppContext.BaseDirectory}");
    }
}
