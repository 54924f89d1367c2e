using System.Globalization;

namespace Slipway.Linux.Tests;

/// <summary>What other processes do in the tests of this folder.</summary>
internal static class PeerRoles
{
    /// <summary>Has what it inherited until its input ends.</summary>
    public static void Hold(string[] arguments, TextReader input, TextWriter output)
    {
        output.WriteLine("here");
        while (input.ReadLine() is not null)
        {
        }
    }

    /// <summary>Says whether each number it is asked about is an open descriptor.</summary>
    public static void NameDescriptors(string[] arguments, TextReader input, TextWriter output)
    {
        while (input.ReadLine() is { } line) output.WriteLine(new FileInfo($"/proc/self/fd/{line}").LinkTarget ?? "closed");
    }

    /// <summary>Tells who stands in the way of an exclusive process lock: "start length".</summary>
    public static void ProbeRanges(string[] arguments, TextReader input, TextWriter output)
    {
        using FileDescriptor file = FileDescriptor.Open(arguments[0], OpenFlags.O_RDWR);
        while (input.ReadLine() is { } line)
        {
            long[] range = [.. line.Split(' ').Select(static word => long.Parse(word, CultureInfo.InvariantCulture))];
            output.WriteLine(RangeLock.Query(file, LockKind.Exclusive, range[0], range[1], RangeLockOwner.Process) is { } holder
                ? $"{holder.Kind} {holder.Start} {holder.Length} {holder.ProcessId}"
                : "free");
        }
    }

    /// <summary>Takes byte 1, then when told to waits for byte 0, and gives up what it has.</summary>
    public static void CrossLocks(string[] arguments, TextReader input, TextWriter output)
    {
        using FileDescriptor file = FileDescriptor.Open(arguments[0], OpenFlags.O_RDWR);
        using RangeLock own = RangeLock.Take(file, LockKind.Exclusive, 1, 1, RangeLockOwner.Process);
        output.WriteLine("has 1");
        input.ReadLine();
        string outcome = "took 0";
        try
        {
            RangeLock.Take(file, LockKind.Exclusive, 0, 1, RangeLockOwner.Process);
        }
        catch (LinuxCallException exception)
        {
            outcome = exception.Errno.ToString();
        }
        RangeLock.Release(file, 0, 0, RangeLockOwner.Process);
        output.WriteLine(outcome);
    }
}
