using Slipway.Linux;

namespace Slipway.Bench;

/// <summary>The same work in C, in a process that is told how often and answers when it is done. It is compiled here, by the machine's own compiler.</summary>
internal sealed class CProgram : IWorkload
{
    private readonly FileDescriptor _orders, _answers;
    private readonly SpawnedProcess _process;

    private CProgram(SpawnedProcess process, FileDescriptor orders, FileDescriptor answers)
    {
        _process = process;
        _orders = orders;
        _answers = answers;
    }

    /// <summary>Whether this machine has a C compiler by the name of cc.</summary>
    public static bool CanBeMade { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(static place => place.Length > 0 && File.Exists(Path.Combine(place, "cc")));

    /// <summary>Compiles and starts the program in one of its modes.</summary>
    /// <returns>Null where there is no compiler, or it fails.</returns>
    public static CProgram? Start(string mode)
    {
        if (!CanBeMade) return null;
        DirectoryInfo directory = Directory.CreateTempSubdirectory("slipway-bench-");
        try
        {
            string source = Path.Combine(directory.FullName, "ipc.c"), program = Path.Combine(directory.FullName, "ipc");
            using (Stream text = typeof(CProgram).Assembly.GetManifestResourceStream("ipc.c")!)
            using (FileStream file = File.Create(source)) text.CopyTo(file);
            ProcessCommand compiler = new("cc", "-O2", "-pthread", "-D_GNU_SOURCE", "-o", program, source);
            return compiler.Run() == default ? Start(program, mode) : null;
        }
        finally
        {
            directory.Delete(recursive: true); // a program that runs keeps its file
        }
    }

    public void Run(int operations)
    {
        Span<byte> order = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(order, operations);
        _orders.Write(order);
        if (_answers.Read(order[..1]) != 1) throw new InvalidOperationException($"the C program failed: {_process.WaitForExit()}");
    }

    public void Dispose()
    {
        _orders.Dispose();
        _answers.Dispose();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static CProgram Start(string program, string mode)
    {
        using var orders = Pipe.Create();
        using var answers = Pipe.Create();
        ProcessCommand command = new(program, mode)
        {
            Descriptors = [ChildDescriptor.Copy(orders.Reader, 0), ChildDescriptor.Copy(answers.Writer, 1), ChildDescriptor.Inherit(2)],
        };
        return new CProgram(command.Start(), orders.Writer.Duplicate(), answers.Reader.Duplicate());
    }
}
