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

    /// <summary>Does one operation after the other with SEM_UNDO: "index change".</summary>
    public static void ChangeSemaphores(string[] arguments, TextReader input, TextWriter output)
    {
        using var set = SemaphoreSet.FromId(Number(arguments[0]));
        while (input.ReadLine() is { } line)
        {
            int[] operation = [.. line.Split(' ').Select(Number)];
            set.Operate([new SemaphoreOperation((ushort)operation[0], (short)operation[1], undo: true)]);
            output.WriteLine("done");
        }
    }

    /// <summary>Makes a set and a segment that outlive it.</summary>
    public static void LeaveBehind(string[] arguments, TextReader input, TextWriter output)
    {
        using SemaphoreSet set = SemaphoreSet.Create(IpcKey.FromPath(arguments[0], 1), 1);
        set[0] = 42;
        using SharedMemorySegment segment = SharedMemorySegment.Create(IpcKey.FromPath(arguments[0], 2), 10);
        segment.Attach().Bytes[0] = 43; // detached by the end of the process
        output.WriteLine("left");
        input.ReadLine();
    }

    /// <summary>Writes 77 to the first byte of a segment, tells the last, and stays attached.</summary>
    public static void ShareMemory(string[] arguments, TextReader input, TextWriter output)
    {
        using SharedMemoryView view = SharedMemorySegment.FromId(Number(arguments[0])).Attach();
        view.Bytes[0] = 77;
        output.WriteLine(view.Bytes[^1]);
        input.ReadLine();
    }

    /// <summary>Increments a counter so many times, each time under the semaphore.</summary>
    public static void Increment(string[] arguments, TextReader input, TextWriter output)
    {
        using var set = SemaphoreSet.FromId(Number(arguments[0]));
        using SharedMemoryView view = SharedMemorySegment.FromId(Number(arguments[1])).Attach();
        output.WriteLine("ready");
        input.ReadLine();
        for (int i = Number(arguments[2]); i > 0; i--)
        {
            set.Acquire(0, undo: true);
            ref long counter = ref System.Runtime.InteropServices.MemoryMarshal.AsRef<long>(view.Bytes);
            counter++;
            set.Release(0, undo: true);
        }
        output.WriteLine("done");
    }

    /// <summary>Takes a named semaphore and keeps it.</summary>
    public static void WaitForPosixSemaphore(string[] arguments, TextReader input, TextWriter output)
    {
        using PosixSemaphore semaphore = PosixSemaphore.Open(arguments[0]);
        output.WriteLine("waits");
        semaphore.Wait();
        output.WriteLine("has it");
        input.ReadLine();
    }

    /// <summary>Writes 78 to the first byte of named memory and tells the last.</summary>
    public static void MapPosixMemory(string[] arguments, TextReader input, TextWriter output)
    {
        using PosixSharedMemory memory = PosixSharedMemory.Open(arguments[0]);
        using SharedMemoryView view = memory.Map();
        view.Bytes[0] = 78;
        output.WriteLine(view.Bytes[^1]);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
