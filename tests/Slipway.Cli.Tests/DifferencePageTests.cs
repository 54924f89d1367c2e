using System.Text.RegularExpressions;
using Slipway.Conformance;

namespace Slipway.Cli.Tests;

/// <summary>What the commands say of differences can be looked up: each entry that they name is a heading of docs/linux-differences.md.</summary>
public partial class DifferencePageTests
{
    [Fact]
    public void Every_difference_that_is_explained_has_its_entry()
    {
        string page = File.ReadAllText(Path.Combine(Root(), LinuxDifference.Page));
        string[] anchors = [.. Heading().Matches(page).Select(static match => Anchor(match.Groups["title"].Value))];
        LinuxDifference.All.Select(static difference => difference.Entry).Except(anchors, StringComparer.Ordinal).ShouldBeEmpty("no heading has this anchor");
        anchors.ShouldBeUnique();
    }

    /// <summary>Every property of the type is in its list, so that none escapes the test above.</summary>
    [Fact]
    public void The_list_of_differences_is_complete()
    {
        LinuxDifference[] declared = [.. typeof(LinuxDifference).GetProperties()
            .Where(static property => property.PropertyType == typeof(LinuxDifference))
            .Select(static property => (LinuxDifference)property.GetValue(null)!)];
        LinuxDifference.All.ShouldBe(declared, ignoreOrder: true);
    }

    /// <summary>The directory that holds Slipway.slnx.</summary>
    internal static string Root()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Slipway.slnx"))) return at.FullName;
        throw new DirectoryNotFoundException($"no Slipway.slnx above {AppContext.BaseDirectory}");
    }

    // As Markdown viewers make them: small letters, spaces as hyphens, no punctuation.
    private static string Anchor(string title) => new([.. title.Trim().ToLowerInvariant().Where(static letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-').Select(static letter => letter == ' ' ? '-' : letter)]);

    [GeneratedRegex("^#+ (?<title>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Heading();
}
