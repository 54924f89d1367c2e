using Slipway.Conformance;
using Slipway.Linux;
using Slipway.Samples;
using Slipway.Sockets;

namespace Slipway.Cli.Tests;

/// <summary>ruptime and ruptimed over connections on the machine, where uptime is a program in a child of the kernel (rows EX-09, EX-11, EX-15).</summary>
public sealed class StreamProgramTests
{
    [NamespaceTheory("uptime")]
    [InlineData]
    [InlineData("--child")]
    public void The_client_prints_what_the_machines_uptime_prints_and_the_next_client_too(params string[] words)
    {
        using var machine = new Machine();
        Machine.Program server = machine.Serve(words);
        for (int i = 0; i < 2; i++)
        {
            Machine.Program client = machine.Run("ruptime", "me");
            client.Complaints.ShouldBeEmpty();
            client.Output.ShouldMatch(@"^ \d\d:\d\d:\d\d up .* load average: .*\n$");
            client.ExitCode.ShouldBe(0);
        }
        machine.Stop(server);
        server.Complaints.ShouldBe("ruptimed: accept error: Invalid argument\n");
    }

    [NamespaceTheory]
    [InlineData("error: No such file or directory\n", "")]
    [InlineData("", "ruptimed: unexpected return from exec: No such file or directory\n", "--child")]
    public void A_command_that_is_not_there_is_told_and_the_server_goes_on(string answer, string complaint, params string[] words)
    {
        using var machine = new Machine { Uptime = new MachineUptime("/no/such/program") };
        Machine.Program server = machine.Serve(words);
        machine.Run("ruptime", "me").Output.ShouldBe(answer);
        machine.Run("ruptime", "me").Output.ShouldBe(answer);
        machine.Stop(server);
        server.Complaints.ShouldBe($"{complaint}{complaint}ruptimed: accept error: Invalid argument\n");
    }

    /// <summary>A host of the kernel that is called me and knows the service.</summary>
    private sealed class Machine : IDisposable
    {
        private readonly NetworkNamespace _space = NetworkNamespace.Create();
        private readonly ScenarioFiles _files = ScenarioFiles.Usual().With("/etc/hosts", "127.0.0.1 me\n");

        public UptimeCommand Uptime { get; init; } = new MachineUptime();

        public Program Serve(string[] words)
        {
            Program server = Create("ruptimed", words);
            server.Thread = server.Process.StartThread("ruptimed", () => server.Process.Run(Samples.Programs.With(Uptime)["ruptimed"]));
            server.Thread.WaitUntilBlocked();
            return server;
        }

        public Program Run(string name, params string[] words)
        {
            Program program = Create(name, words);
            program.Process.Run(Samples.Programs.With(Uptime)[name]);
            return program;
        }

        // What shutdown does to a listener ends the accept of its server.
        public void Stop(Program server)
        {
            using Socket listener = server.Process.FindListener(new InetAddress("127.0.0.1", 4000));
            listener.Shutdown(ShutdownHow.Receive);
            server.Thread!.Join();
            server.ExitCode.ShouldBe(1);
        }

        public void Dispose() => _space.Dispose();

        private Program Create(string name, string[] words)
        {
            var output = new StringWriter { NewLine = "\n" };
            var error = new StringWriter { NewLine = "\n" };
            var options = new LinuxProcessOptions
            {
                Sockets = LinuxSystem.In(_space), Files = _files, HostName = "me", ProgramName = name, Arguments = words, Out = output, Error = error,
            };
            return new Program(new LinuxProcess(options), output, error);
        }

        internal sealed class Program(LinuxProcess process, StringWriter output, StringWriter error)
        {
            public LinuxProcess Process => process;

            public ProcessThread? Thread { get; set; }

            public string Output => output.ToString();

            public string Complaints => error.ToString();

            public int ExitCode => process.ExitCode;
        }
    }
}
