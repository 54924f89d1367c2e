using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux.Tests.Processes;

/// <summary>The descriptors of a child: those that it was given, by the numbers that it was told, and no others.</summary>
public sealed class ChildDescriptorTests
{
    // The shell itself looks, and opens nothing for it.
    private const string ListOpen = "n=0; while [ $n -lt 300 ]; do [ -e /proc/self/fd/$n ] && echo -n \"$n \"; n=$((n+1)); done";

    [Fact]
    [Trait("Row", "P-022")]
    [Trait("Row", "P-071")]
    public void A_child_has_the_descriptors_that_it_was_given_and_no_others()
    {
        using Channel one = new(), two = new();
        int leaky = LinuxSystem.Current.Duplicate(one.Theirs).Value; // without FD_CLOEXEC
        try
        {
            Channel.Shell(ListOpen).ShouldBe("0 1 2 ");
            Channel.Shell(ListOpen, static command => command with { Descriptors = [] }).ShouldBe("1 ");
            Channel.Shell(ListOpen, command => command with { Descriptors = [ChildDescriptor.Copy(one.Theirs, 9), ChildDescriptor.Copy(two.Theirs, 200), ChildDescriptor.Inherit(0)] })
                .ShouldBe("0 1 9 200 ");
            // Close-on-exec here, and nevertheless inherited by its own number.
            Channel.Shell($"readlink /proc/self/fd/{one.Theirs} | cut -c1-7", command => command with { Descriptors = [ChildDescriptor.Inherit(one.Theirs), ChildDescriptor.Inherit(2)] })
                .ShouldBe("socket:");
        }
        finally
        {
            LinuxSystem.Current.Close(leaky);
        }
    }

    [Fact]
    public void Numbers_can_be_exchanged()
    {
        using Channel first = new(), second = new();
        (int a, int b) = (first.Theirs, second.Theirs);
        string there = Channel.Shell($"readlink /proc/self/fd/{a} /proc/self/fd/{b}", command => command with
        {
            Descriptors = [ChildDescriptor.Copy(a, b), ChildDescriptor.Copy(b, a), ChildDescriptor.Inherit(2)],
        });
        there.ShouldBe($"{File.ResolveLinkTarget($"/proc/self/fd/{b}", false)!.Name}\n{File.ResolveLinkTarget($"/proc/self/fd/{a}", false)!.Name}");
    }

    [Fact]
    [Trait("Row", "P-021")]
    public void A_child_shares_the_open_file_and_its_offset()
    {
        using var directory = new TemporaryDirectory();
        using FileStream file = File.OpenRead(directory.File("text", "abcdefgh"));
        int descriptor = (int)file.SafeFileHandle.DangerousGetHandle();
        Channel.Run(new ProcessCommand("dd", "bs=4", "count=1", "status=none") { Descriptors = [ChildDescriptor.Copy(descriptor, 0)] }).Output.ShouldBe("abcd");
        byte[] rest = new byte[8];
        LinuxSystem.Current.Read(descriptor, rest).Value.ShouldBe(4);
        Encoding.ASCII.GetString(rest, 0, 4).ShouldBe("efgh");
    }

    [Fact]
    [Trait("Row", "P-023")]
    public void A_file_that_is_opened_anew_has_an_offset_of_its_own()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("text", "abcdefgh");
        using FileStream file = File.OpenRead(path);
        Channel.Run(new ProcessCommand("dd", "bs=4", "count=1", "status=none") { Descriptors = [ChildDescriptor.Read(path)] }).Output.ShouldBe("abcd");
        byte[] rest = new byte[8];
        LinuxSystem.Current.Read((int)file.SafeFileHandle.DangerousGetHandle(), rest).Value.ShouldBe(8);
    }

    [Fact]
    [Trait("Row", "P-026")]
    public void Output_goes_to_a_file_from_its_beginning_or_to_its_end()
    {
        using var directory = new TemporaryDirectory();
        string path = Path.Combine(directory.Path, "out");
        Echo("a long first text", ChildDescriptor.Write(path));
        Echo("second", ChildDescriptor.Write(path));
        Echo("third", ChildDescriptor.Append(path));
        File.ReadAllText(path).ShouldBe("second\nthird\n");

        static void Echo(string text, ChildDescriptor output) => new ProcessCommand("/bin/echo", text) { Descriptors = [output] }.Run().ExitCode.ShouldBe(0);
    }

    [Fact]
    [Trait("Row", "P-079")]
    public void Three_programs_make_a_pipeline()
    {
        byte[] data = new byte[8 << 20];
        for (int i = 0; i < data.Length; i++) data[i] = (byte)(i * 31 >> 7);
        using var output = new Channel();
        Pipe toFirst = Pipe.Create(), toSecond = Pipe.Create(), toThird = Pipe.Create();
        using SpawnedProcess first = Stage("cat", toFirst.Reader, ChildDescriptor.Copy(toSecond.Writer, 1));
        using SpawnedProcess second = Stage("cat", toSecond.Reader, ChildDescriptor.Copy(toThird.Writer, 1));
        using SpawnedProcess third = Stage("sha256sum", toThird.Reader, ChildDescriptor.Copy(output.Theirs, 1));
        // Each program has its ends and no others; with ours closed, the end of the data goes from one to the next.
        toSecond.Dispose();
        toThird.Dispose();
        for (int sent = 0; sent < data.Length;) sent += toFirst.Writer.Write(data.AsSpan(sent));
        toFirst.Dispose();
        output.ReadToEnd().ShouldStartWith(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(data)));
        foreach (SpawnedProcess stage in new[] { first, second, third }) stage.WaitForExit().ExitCode.ShouldBe(0);

        static SpawnedProcess Stage(string program, FileDescriptor input, ChildDescriptor output)
            => new ProcessCommand(program) { Descriptors = [ChildDescriptor.Copy(input, 0), output] }.Start();
    }

    /// <summary>The command alone knows the descriptor: it must still be open, and the same file, when the program is started.</summary>
    [Fact]
    public void A_command_keeps_the_descriptors_that_it_names()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("text", "kept");
        ProcessCommand command = Make(path);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Channel.Run(command).Output.ShouldBe("kept");

        static ProcessCommand Make(string path) => new("cat") { Descriptors = [ChildDescriptor.Copy(FileDescriptor.Open(path, OpenFlags.O_RDONLY), 0)] };
    }

    [Fact]
    public void A_closed_descriptor_is_refused_though_its_number_may_be_another_files()
    {
        var pipe = Pipe.Create();
        int number = pipe.Writer.Number;
        var command = new ProcessCommand("/bin/true") { Descriptors = [ChildDescriptor.Copy(pipe.Writer, 1)] };
        pipe.Dispose();
        SpawnTests.Refused(command, Errno.EBADF, $"dup2({number}, 1)");
    }

    /// <summary>The lowest free number is where the kernel puts our descriptor of the child: that must not pass for the one that the child was to have.</summary>
    [Fact]
    public void A_number_that_is_not_open_is_refused_though_the_child_itself_takes_it()
        => IsolatedRoles.Result(ProcessScenarios.NumberOfTheChild).ShouldBe("EBADF dup2(free, 0); nothing left");

    [Fact]
    public void What_cannot_be_given_is_refused_by_its_name()
    {
        using var directory = new TemporaryDirectory();
        var command = new ProcessCommand("/bin/true");
        SpawnTests.Refused(command with { Descriptors = [ChildDescriptor.Read("/no/such/file")] }, Errno.ENOENT, "open(\"/no/such/file\")");
        SpawnTests.Refused(command with { Descriptors = [ChildDescriptor.Write(directory.Path)] }, Errno.EISDIR, $"open(\"{directory.Path}\")");
        SpawnTests.Refused(command with { Descriptors = [ChildDescriptor.Copy(999_999, 3)] }, Errno.EBADF, "dup2(999999, 3)");
        SpawnTests.Refused(command with { Descriptors = [ChildDescriptor.Inherit(-1)] }, Errno.EBADF, "dup2(-1, -1)");
        SpawnTests.Refused(command with { Descriptors = [ChildDescriptor.Copy(2, int.MaxValue)] }, Errno.EBADF, $"dup2(2, {int.MaxValue})");
        Should.Throw<ArgumentException>(() => (command with { Descriptors = [ChildDescriptor.Inherit(1), ChildDescriptor.Copy(2, 1)] }).Start())
            .Message.ShouldStartWith("descriptor 1 is given twice");
    }
}
