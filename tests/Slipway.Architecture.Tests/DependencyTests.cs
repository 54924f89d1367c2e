using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Slipway.Architecture.Tests;

/// <summary>
/// Dependencies point down only: Wire and Sockets know nothing; Stack and Linux implement what Sockets declares and do not know each
/// other; Lab owns stacks; the programs know Sockets alone; Conformance and Bench compare; Cli ties. Both the project files and
/// the compiled assemblies are asked, because each can break the rule without the other.
/// </summary>
public class DependencyTests
{
    /// <summary>What each assembly may use of ours. A project that is new gets its line here, and with it its place in the order.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Slipway.Wire"] = [],
        ["Slipway.Sockets"] = [],
        ["Slipway.Stack"] = ["Slipway.Sockets", "Slipway.Wire"],
        ["Slipway.Linux"] = ["Slipway.Sockets", "Slipway.Wire"],
        ["Slipway.Lab"] = ["Slipway.Sockets", "Slipway.Stack", "Slipway.Wire"],
        ["Slipway.Samples"] = ["Slipway.Sockets", "Slipway.Wire"],
        ["Slipway.IoModels"] = ["Slipway.Lab", "Slipway.Linux", "Slipway.Sockets"],
        ["Slipway.Conformance"] = ["Slipway.Lab", "Slipway.Linux", "Slipway.Samples", "Slipway.Sockets", "Slipway.Stack", "Slipway.Wire"],
        ["Slipway.Bench"] = ["Slipway.Lab", "Slipway.Linux", "Slipway.Sockets", "Slipway.Stack", "Slipway.Wire"],
        ["Slipway.Cli"] =
        [
            "Slipway.Bench", "Slipway.Conformance", "Slipway.IoModels", "Slipway.Lab", "Slipway.Linux", "Slipway.Samples", "Slipway.Sockets",
            "Slipway.Stack", "Slipway.Wire",
        ],
    };

    /// <summary>The packages that each library may bring to those who use it; analyzers stay behind and do not count.</summary>
    private static readonly Dictionary<string, string[]> AllowedPackages = new(StringComparer.Ordinal)
    {
        ["Slipway.Lab"] = ["YamlDotNet"],
        ["Slipway.Cli"] =
            ["System.CommandLine", "Spectre.Console", "Microsoft.Extensions.Logging", "Microsoft.Extensions.Logging.Abstractions",
             "Microsoft.Extensions.Logging.Console", "Microsoft.Extensions.DependencyInjection.Abstractions"],
    };

    public static TheoryData<string> Rooms => [.. Allowed.Keys];

    [Fact]
    public void Every_project_of_src_has_its_place_in_the_order() =>
        Repository.SourceProjects.ShouldBeSubsetOf(Allowed.Keys);

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_project_file_references_only_what_lies_below(string name)
    {
        string room = Repository.AllProjects().Single(project => project.Name == name).Room;
        Repository.ReferencesOf(room, name).ShouldBeSubsetOf(Allowed[name]);
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void An_assembly_uses_only_what_lies_below(string name)
    {
        string[] references = [.. ReferencedAssemblies(name)];
        string[] ours = [.. references.Where(reference => reference.StartsWith("Slipway", StringComparison.OrdinalIgnoreCase))];
        string[] packages = [.. references.Except(ours, StringComparer.Ordinal).Where(reference => !IsFramework(reference))];

        ours.ShouldBeSubsetOf(Allowed[name]);
        packages.ShouldBeSubsetOf(AllowedPackages.GetValueOrDefault(name, []));
    }

    [Fact]
    public void Nobody_but_tests_references_the_command_line()
    {
        foreach ((string room, string name) in Repository.AllProjects().Where(project => project.Room != "tests"))
            Repository.ReferencesOf(room, name).ShouldNotContain("Slipway.Cli", name);
    }

    [Fact]
    public void The_solution_holds_every_project()
    {
        string[] rooms = ["src", "samples", "bench", "fuzz", "tests"];
        string[] onDisk = [.. rooms
            .SelectMany(room => Directory.GetDirectories(Path.Combine(Repository.Root, room))
                .Select(directory => (Room: room, Name: Path.GetFileName(directory)!)))
            .Where(project => File.Exists(Repository.ProjectFile(project.Room, project.Name)))
            .Select(project => $"{project.Room}/{project.Name}")];
        Repository.AllProjects().Select(project => $"{project.Room}/{project.Name}").ShouldBe(onDisk, ignoreOrder: true);
    }

    private static IEnumerable<string> ReferencedAssemblies(string project)
    {
        using var file = new PEReader(File.OpenRead(SlipwayAssemblies.PathOf(project)));
        MetadataReader metadata = file.GetMetadataReader();
        foreach (AssemblyReferenceHandle handle in metadata.AssemblyReferences)
            yield return metadata.GetString(metadata.GetAssemblyReference(handle).Name);
    }

    private static bool IsFramework(string assembly) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, assembly + ".dll"));
}
