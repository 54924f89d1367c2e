using System.Reflection;

namespace Slipway.Architecture.Tests;

/// <summary>
/// The analyzer passes over an entry of build/BannedSymbols.txt that names nothing, so a slip of the pen would lift a ban in silence.
/// Here every entry must name a member of the runtime, and every clock of the runtime that the list is there for must be in it.
/// </summary>
public class BannedSymbolTests
{
    private static readonly string[] Entries =
        [.. File.ReadLines(Path.Combine(Repository.Root, "build", "BannedSymbols.txt")).Where(line => line.Length > 0)];

    public static TheoryData<string> Symbols => [.. Entries.Select(entry => entry.Split(';')[0])];

    [Theory]
    [MemberData(nameof(Symbols))]
    public void An_entry_names_something_that_exists(string symbol) => Resolve(symbol).ShouldNotBeNull();

    [Fact]
    public void An_entry_says_what_to_use_instead() =>
        Entries.ShouldAllBe(entry => entry.Contains(';') && entry.Length > entry.IndexOf(';', StringComparison.Ordinal) + 10);

    [Theory]
    [InlineData("M:System.Guid.NewGuid(System.Int32)")]
    [InlineData("P:System.DateTime.Now2")]
    [InlineData("T:System.Diagnostics.StopWatch")]
    [InlineData("X:System.DateTime")]
    public void A_slip_is_noticed(string symbol) => Resolve(symbol).ShouldBeNull();

    [Fact]
    public void Every_overload_of_a_banned_method_is_banned()
    {
        // An overload that takes a length of time, or a seed, without a clock would be a way round the ban.
        var banned = Entries.Select(entry => Resolve(entry.Split(';')[0])).ToHashSet();
        IEnumerable<MethodBase> open = banned.OfType<MethodBase>()
            .SelectMany(method => method.DeclaringType!.GetMember(method.Name, MemberTypes.Method | MemberTypes.Constructor, SlipwayAssemblies.Declared))
            .OfType<MethodBase>()
            .Where(method => method.IsPublic && !banned.Contains(method))
            .Where(method => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(int) || parameter.ParameterType == typeof(TimeSpan)))
            .Where(method => !method.GetParameters().Any(parameter => parameter.ParameterType == typeof(TimeProvider)));
        open.Select(method => $"{method.DeclaringType}.{method}").ShouldBeEmpty();
    }

    /// <summary>The member that a documentation ID names, or null: types, properties, and methods with plain parameters.</summary>
    private static MemberInfo? Resolve(string id)
    {
        string name = id[2..];
        int open = name.IndexOf('(', StringComparison.Ordinal);
        string[] parameters = open < 0 ? [] : name[(open + 1)..^1].Split(',');
        string path = open < 0 ? name : name[..open];
        if (id.StartsWith("T:", StringComparison.Ordinal))
            return FindType(path);

        int dot = path.LastIndexOf('.');
        Type? type = FindType(path[..dot]);
        string member = path[(dot + 1)..].Replace('#', '.');
        return id[0] switch
        {
            'P' => type?.GetProperty(member, SlipwayAssemblies.Declared),
            'M' => type?.GetMember(member, MemberTypes.Method | MemberTypes.Constructor, SlipwayAssemblies.Declared)
                .OfType<MethodBase>()
                .SingleOrDefault(method => !(method.IsStatic && method.IsConstructor)
                    && method.GetParameters().Select(parameter => parameter.ParameterType.FullName!).SequenceEqual(parameters, StringComparer.Ordinal)),
            _ => null,
        };
    }

    private static Type? FindType(string name) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System.*.dll")
            .Where(file => !file.EndsWith(".Native.dll", StringComparison.Ordinal))
            .Select(file => Assembly.Load(Path.GetFileNameWithoutExtension(file)))
            .Select(assembly => assembly.GetType(name))
            .FirstOrDefault(type => type is not null);
}
