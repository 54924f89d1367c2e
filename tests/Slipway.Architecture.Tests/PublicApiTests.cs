namespace Slipway.Architecture.Tests;

/// <summary>
/// What users can see of a library changes only on purpose: the approved text lies in PublicApi, and a change of it is read in review.
/// After a change that is meant, run <c>SLIPWAY_ACCEPT=1 ./test Architecture</c> and commit the files.
/// </summary>
public class PublicApiTests
{
    /// <summary>The libraries that users program against.</summary>
    private static readonly string[] Libraries = ["Slipway.Wire", "Slipway.Sockets", "Slipway.Linux", "Slipway.Lab"];

    private static bool Accept => Environment.GetEnvironmentVariable("SLIPWAY_ACCEPT") == "1";

    [Fact]
    public void The_public_surface_is_the_approved_one()
    {
        var changes = new List<string>();
        foreach (string library in Libraries)
        {
            string approvedFile = Path.Combine(Repository.Root, "tests", "Slipway.Architecture.Tests", "PublicApi", library + ".txt");
            string actual = PublicApiText.Of(SlipwayAssemblies.Load(library));
            if (Accept)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(approvedFile)!);
                File.WriteAllText(approvedFile, actual);
            }
            else if (File.Exists(approvedFile))
            {
                changes.AddRange(Differences(File.ReadAllText(approvedFile), actual).Select(line => $"{library}: {line}"));
            }
        }
        changes.ShouldBeEmpty("the public surface changed; if that is meant: SLIPWAY_ACCEPT=1 ./test Architecture, then commit");
    }

    [Fact]
    public void The_text_tells_apart_what_callers_can_tell_apart() =>
        PublicApiText.Of(typeof(Sample), typeof(Sample.Colour), typeof(Sample.Pair<>)).ShouldBe(
            """
            abstract class PublicApiTests.Sample : IDisposable
                abstract int Count(ReadOnlySpan<byte> bytes, out int left)
                const int Limit = 3
                override string ToString()
                protected new(int size = 4)
                protected virtual void Close()
                static string Name { get; set; }
                string this[int index] { get; }
                void Dispose()
            enum PublicApiTests.Sample.Colour : byte
                Green = 2
                Red = 1
            readonly struct PublicApiTests.Sample.Pair<T>
                TOther? Convert<TOther>(in T item)
                T[] Items { get; init; }

            """.ReplaceLineEndings("\n"));

    [Fact]
    public void A_difference_names_what_went_and_what_came() =>
        Differences("class A\n    int X\n", "class A\n    int Y\n").ShouldBe(["- class A: int X", "+ class A: int Y"]);

    private static IEnumerable<string> Differences(string approved, string actual)
    {
        string[] before = [.. Qualified(approved)], after = [.. Qualified(actual)];
        return before.Except(after, StringComparer.Ordinal).Select(line => "- " + line)
            .Concat(after.Except(before, StringComparer.Ordinal).Select(line => "+ " + line));
    }

    /// <summary>Each member with its type in front, so that a line means the same wherever it stands.</summary>
    private static IEnumerable<string> Qualified(string text)
    {
        string type = "";
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith(' '))
                type = line;
            yield return line.StartsWith(' ') ? $"{type}: {line.Trim()}" : line;
        }
    }

    public abstract class Sample : IDisposable
    {
        public const int Limit = 3;

        protected Sample(int size = 4) => Name = $"{size}";

        public static string Name { get; set; } = "";

        public string this[int index] => Name[index..];

        public abstract int Count(ReadOnlySpan<byte> bytes, out int left);

        public void Dispose()
        {
            Close();
            GC.SuppressFinalize(this);
        }

        public override string ToString() => Hidden();

        protected virtual void Close() => Name = "";

        internal static string Hidden() => Name;

        public enum Colour : byte
        {
            Red = 1,
            Green = 2,
        }

        public readonly struct Pair<T>
        {
            public T[] Items { get; init; }

            public TOther? Convert<TOther>(in T item) where TOther : struct => item is TOther same ? same : null;
        }
    }
}
