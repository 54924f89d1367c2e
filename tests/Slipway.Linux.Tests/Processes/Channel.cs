using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux.Tests.Processes;

/// <summary>A stream between a test and its children: one end here, one for them. Both are close-on-exec, so only children that are given the end have it.</summary>
internal sealed class Channel : IDisposable
{
    private readonly LinuxSystem _system = LinuxSystem.Current;
    private bool _theirsClosed;

    public Channel()
    {
        _system.SocketPair(AddressFamily.Unix, SocketType.Stream | SocketType.CloseOnExec, 0, out int ours, out int theirs).ShouldBe(Errno.None);
        Ours = ours;
        Theirs = theirs;
    }

    public int Ours { get; }

    public int Theirs { get; }

    /// <summary>A program that ends when it gets a line, with the exit code that the line says; or when the channel is disposed.</summary>
    public ProcessCommand Reader => new("/bin/sh", "-c", "read code; exit $code") { Descriptors = [ChildDescriptor.Copy(Theirs, 0)] };

    /// <summary>What a program writes to its standard output until it has closed it, and how it ended.</summary>
    public static (string Output, WaitStatus Status) Run(ProcessCommand command)
    {
        using var output = new Channel();
        using SpawnedProcess child = (command with { Descriptors = [.. command.Descriptors.Where(static one => one.Number != 1), ChildDescriptor.Copy(output.Theirs, 1)] }).Start();
        return (output.ReadToEnd(), child.WaitForExit());
    }

    /// <summary>The same for a line of shell.</summary>
    public static string Shell(string script, Func<ProcessCommand, ProcessCommand>? change = null)
    {
        var command = new ProcessCommand("/bin/sh", "-c", script);
        (string output, WaitStatus status) = Run(change is null ? command : change(command));
        status.ToString().ShouldBe("exited 0", $"{script}: {output}");
        return output.TrimEnd('\n');
    }

    public void WriteLine(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text + "\n");
        _system.Write(Ours, bytes).Value.ShouldBe(bytes.Length);
    }

    /// <summary>One line: the child has come so far.</summary>
    public string ReadLine()
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (_system.Read(Ours, one).Value == 1 && one[0] != '\n') line.Add(one[0]);
        return Encoding.UTF8.GetString([.. line]);
    }

    /// <summary>Everything until no child has the other end any more.</summary>
    public string ReadToEnd()
    {
        CloseTheirs();
        var all = new List<byte>();
        byte[] some = new byte[4096];
        for (int count; (count = _system.Read(Ours, some).Value) > 0;) all.AddRange(some.AsSpan(0, count));
        return Encoding.UTF8.GetString([.. all]);
    }

    public void CloseTheirs()
    {
        if (_theirsClosed) return;
        _theirsClosed = true;
        _system.Close(Theirs);
    }

    public void Dispose()
    {
        CloseTheirs();
        _system.Close(Ours);
    }
}
