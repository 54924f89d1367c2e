using System.CommandLine;
using System.CommandLine.Parsing;

namespace Slipway.Cli.Tests;

/// <summary>Times, rates, chances and addresses as people write them.</summary>
public class WordParserTests
{
    [Theory]
    [InlineData("300ms", 300_000)]
    [InlineData("1.5s", 1_500_000)]
    [InlineData("200us", 200)]
    [InlineData("2min", 120_000_000)]
    [InlineData("1h", 3_600_000_000)]
    [InlineData("0s", 0)]
    public void A_time(string word, long microseconds) => Parse(WordParsers.Time, word).ShouldBe(TimeSpan.FromMicroseconds(microseconds));

    [Theory]
    [InlineData("10mbit", 10_000_000)]
    [InlineData("64kbit", 64_000)]
    [InlineData("2.5Gbit", 2_500_000_000)]
    [InlineData("9600bit", 9600)]
    public void A_rate(string word, long bits) => Parse(WordParsers.Rate, word).ShouldBe(bits);

    [Theory]
    [InlineData("0.01", 0.01)]
    [InlineData("1%", 0.01)]
    [InlineData("0", 0.0)]
    [InlineData("100%", 1.0)]
    public void A_probability(string word, double chance) => Parse(WordParsers.Probability, word).ShouldBe(chance);

    [Theory]
    [InlineData("300")]
    [InlineData("ms")]
    [InlineData("-1s")]
    [InlineData("1e3s")]
    [InlineData("999999999999999h")]
    public void No_time(string word) => Complaint(WordParsers.Time, word).ShouldContain($"'{word}'");

    [Theory]
    [InlineData("10")]
    [InlineData("0bit")]
    [InlineData("10mbyte")]
    public void No_rate(string word) => Complaint(WordParsers.Rate, word).ShouldContain($"'{word}'");

    [Theory]
    [InlineData("1.01")]
    [InlineData("101%")]
    [InlineData("-0.1")]
    [InlineData("few")]
    public void No_probability(string word) => Complaint(WordParsers.Probability, word).ShouldContain($"'{word}'");

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1/33")]
    [InlineData("fd00::1/129")]
    [InlineData("host/24")]
    public void No_address_with_its_prefix_length(string word) => Complaint(WordParsers.Addresses, word).ShouldContain($"'{word}'");

    [Fact]
    public void Several_addresses() =>
        string.Join(' ', Parse(WordParsers.Addresses, "10.77.0.2/24", "fd77::2/64")).ShouldBe("10.77.0.2/24 fd77::2/64");

    private static T Parse<T>(Func<ArgumentResult, T> parser, params string[] words)
    {
        ParseResult result = Result(parser, words, out Argument<T> argument);
        result.Errors.ShouldBeEmpty();
        return result.GetValue(argument)!;
    }

    private static string Complaint<T>(Func<ArgumentResult, T> parser, string word) => Result(parser, ["--", word], out _).Errors.ShouldHaveSingleItem().Message;

    private static ParseResult Result<T>(Func<ArgumentResult, T> parser, string[] words, out Argument<T> argument)
    {
        argument = new Argument<T>("word") { CustomParser = parser, Arity = ArgumentArity.OneOrMore };
        return new RootCommand { argument }.Parse(words);
    }
}
