using System.Text.RegularExpressions;

namespace Slipway.Architecture.Tests;

/// <summary>The documentation holds together: every link within the repository leads somewhere, and every page can be found.</summary>
public partial class DocumentationTests
{
    [Fact]
    public void Every_link_leads_to_a_file_of_the_repository()
    {
        string[] broken = [.. Pages().SelectMany(page => LinksOf(page)
            .Where(target => !File.Exists(target) && !Directory.Exists(target))
            .Select(target => $"{Relative(page)} -> {Relative(target)}"))];
        broken.ShouldBeEmpty();
    }

    [Fact]
    public void Every_page_can_be_reached_from_the_front_door()
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>([Path.Combine(Repository.Root, "README.md")]);
        while (open.TryDequeue(out string? page))
        {
            if (!File.Exists(page) || !reached.Add(page) || Path.GetExtension(page) != ".md")
                continue;
            foreach (string target in LinksOf(page))
                open.Enqueue(target);
        }
        Pages().Where(page => !reached.Contains(page)).Select(Relative).ShouldBeEmpty("no link leads there");
    }

    private static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories));

    private static IEnumerable<string> LinksOf(string page) =>
        Link().Matches(File.ReadAllText(page)).Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Select(target => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, target.Split('#')[0])))
            .Select(target => Directory.Exists(target) ? Path.Combine(target, "README.md") : target);

    private static string Relative(string path) => Path.GetRelativePath(Repository.Root, path);

    [GeneratedRegex(@"\]\((?<target>[^()\s]+)\)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Link();
}
