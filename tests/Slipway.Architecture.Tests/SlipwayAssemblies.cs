using System.Reflection;

namespace Slipway.Architecture.Tests;

/// <summary>The compiled assemblies of the solution, which lie beside these tests.</summary>
internal static class SlipwayAssemblies
{
    public static string PathOf(string project) =>
        Path.Combine(AppContext.BaseDirectory, (project == "Slipway.Cli" ? "slipway" : project) + ".dll");

    public static Assembly Load(string project) => Assembly.LoadFrom(PathOf(project));

    /// <summary>Every member of every type, whoever may call it.</summary>
    public const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
}
