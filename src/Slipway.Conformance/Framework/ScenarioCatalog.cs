using System.Reflection;

namespace Slipway.Conformance;

/// <summary>All scenarios of this assembly, in the order of their classes and methods.</summary>
public static class ScenarioCatalog
{
    /// <summary>Every method that bears a <see cref="ScenarioAttribute"/>.</summary>
    public static IReadOnlyList<Scenario> All { get; } = Find();

    /// <summary>The scenario of that name, or null.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(s => s.Name == name);

    private static List<Scenario> Find()
    {
        var found = new List<Scenario>();
        foreach (Type type in typeof(ScenarioCatalog).Assembly.GetTypes().OrderBy(static t => t.Name, StringComparer.Ordinal))
            foreach (MethodInfo method in type.GetMethods(BindingFlags.Static | BindingFlags.Public).OrderBy(static m => m.MetadataToken))
                if (method.GetCustomAttribute<ScenarioAttribute>() is { } attribute)
                    found.Add(new Scenario(method, attribute));
        return found;
    }
}
