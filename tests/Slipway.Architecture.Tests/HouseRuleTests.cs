using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Slipway.Architecture.Tests;

/// <summary>Rules of the house that a reader relies on: where native calls live, one namespace a project, no open state.</summary>
public class HouseRuleTests
{
    public static TheoryData<string> Projects => [.. Repository.SourceProjects];

    public static TheoryData<string> Managed => [.. Repository.SourceProjects.Where(name => name != "Slipway.Linux")];

    [Theory]
    [MemberData(nameof(Managed))]
    public void Native_calls_live_in_Slipway_Linux_alone(string project)
    {
        // LibraryImport compiles to a DllImport on a generated local function, so one flag tells both.
        MethodInfo[] native = [.. SlipwayAssemblies.Load(project).GetTypes()
            .SelectMany(type => type.GetMethods(SlipwayAssemblies.Declared))
            .Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))];
        native.Select(method => $"{method.DeclaringType}.{method.Name}").ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_has_one_namespace(string project)
    {
        string[] namespaces = [.. SlipwayAssemblies.Load(project).GetTypes()
            .Where(type => type.GetCustomAttribute<CompilerGeneratedAttribute>() is null && type.Namespace is { } space
                && space.StartsWith("Slipway", StringComparison.Ordinal))
            .Select(type => type.Namespace!)
            .Distinct(StringComparer.Ordinal)];
        namespaces.ShouldBeSubsetOf([project]);
    }

    [Theory]
    [InlineData("Slipway.Wire")]
    [InlineData("Slipway.Sockets")]
    public void Classes_that_users_hold_show_no_field_that_anybody_could_change(string project)
    {
        // Structs that mirror a C structure may, and the stack's own parts may share counters that way.
        FieldInfo[] open = [.. SlipwayAssemblies.Load(project).GetExportedTypes()
            .Where(type => type.IsClass)
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(field => !field.IsInitOnly && !field.IsLiteral)];
        open.Select(field => $"{field.DeclaringType}.{field.Name}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Slipway.Stack")]
    [InlineData("Slipway.Sockets")]
    [InlineData("Slipway.Lab")]
    public void Clocks_and_chance_are_banned_from_the_core(string project)
    {
        XDocument file = XDocument.Load(Repository.ProjectFile("src", project));
        file.Descendants("PackageReference").Select(package => package.Attribute("Include")!.Value)
            .ShouldContain("Microsoft.CodeAnalysis.BannedApiAnalyzers");
        file.Descendants("AdditionalFiles").Select(additional => additional.Attribute("Include")!.Value)
            .ShouldContain("$(SlipwayRoot)build/BannedSymbols.txt");
    }

    [Theory]
    [InlineData("Slipway.Stack")]
    [InlineData("Slipway.Sockets")]
    [InlineData("Slipway.Lab")]
    public void The_ban_is_nowhere_lifted(string project)
    {
        // The diagnostic of the analyzer, written apart so that this file does not name it.
        string diagnostic = "RS" + "0030";
        Repository.SourcesOf("src", project).Where(file => File.ReadAllText(file).Contains(diagnostic, StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Repository.Root, file)).ShouldBeEmpty();
        File.ReadAllText(Repository.ProjectFile("src", project)).ShouldNotContain(diagnostic);
        File.ReadAllText(Path.Combine(Repository.Root, ".editorconfig")).ShouldNotContain(diagnostic);
        File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props")).ShouldNotContain(diagnostic);
    }
}
