using System.Diagnostics;
using System.Globalization;

namespace Slipway.Fuzz;

/// <summary>
/// Feeds broken packets to Slipway.Wire until the time is over or one is found that it does not stand: <c>[--seconds N] [--seed S] [FILE]</c>.
/// Exit codes: 0 nothing found, 1 found, 2 the words of the call are wrong.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        double seconds = 10;
        ulong seed = 1;
        string? file = null;
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--seconds" when i + 1 < args.Length && double.TryParse(args[i + 1], CultureInfo.InvariantCulture, out seconds):
                case "--seed" when i + 1 < args.Length && ulong.TryParse(args[i + 1], CultureInfo.InvariantCulture, out seed):
                    i++;
                    break;
                case [not '-', ..] when file is null:
                    file = args[i];
                    break;
                default:
                    Console.Error.WriteLine($"not understood: {args[i]}\nusage: Slipway.Fuzz [--seconds N] [--seed S] [FILE]");
                    return 2;
            }
        }
        return file is null ? RunSource(seconds, seed) : RunFile(file);
    }

    private static int RunFile(string file)
    {
        byte[] input;
        try
        {
            input = File.ReadAllBytes(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{file}: {problem.Message}");
            return 2;
        }
        return Report(WireTarget.Try(input), input, file);
    }

    private static int RunSource(double seconds, ulong seed)
    {
        var source = new InputSource(seed);
        var clock = Stopwatch.StartNew();
        long count = 0;
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            byte[] input = source.Next();
            Exception? problem = WireTarget.Try(input);
            if (problem is not null) return Report(problem, input, $"seed {seed}, input {count}");
            count++;
        }
        Console.WriteLine($"{count} inputs of seed {seed}, nothing found");
        return 0;
    }

    private static int Report(Exception? problem, byte[] input, string origin)
    {
        if (problem is null)
        {
            Console.WriteLine($"{origin}: nothing found");
            return 0;
        }
        Console.WriteLine($"{origin}: {problem}");
        Console.WriteLine($"the {input.Length} bytes: {Convert.ToHexString(input)}");
        return 1;
    }
}
