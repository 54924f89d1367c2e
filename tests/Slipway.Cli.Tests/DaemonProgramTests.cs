using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.Cli.Tests;

/// <summary>ruptimed as a daemon: the shell is free when it has begun, it answers, and SIGTERM ends it in order.</summary>
public sealed class DaemonProgramTests
{
    [NamespaceTheory("uptime", "unshare", "mount")]
    [InlineData("--dgram")]
    [InlineData("")]
    public void It_runs_in_the_background_answers_and_stops(string variant)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("slipway-daemon-");
        try
        {
            string At(string name) => Path.Combine(directory.FullName, name);
            File.WriteAllText(At("services"), "ruptime 4000/tcp\nruptime 4000/udp\n");
            File.WriteAllText(At("hosts"), $"127.0.0.1 {Environment.MachineName}\n");
            // A machine of its own: its network, and two files that name the service and the host.
            string slipway = $"\"{ProcessCommand.Assembly(typeof(Program).Assembly.Location).Program}\" \"{typeof(Program).Assembly.Location}\"";
            string script = $"""
                set -e
                mount --bind {At("services")} /etc/services
                mount --bind {At("hosts")} /etc/hosts
                ip link set lo up
                {slipway} ruptimed --daemon --pid-file={At("pid")} --log={At("log")} {variant} </dev/null
                {slipway} ruptime {variant} {Environment.MachineName}
                """;
            using var log = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Unspecified);
            log.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(At("log")));
            using var output = Pipe.Create();
            using SpawnedProcess shell = new ProcessCommand("unshare", "-mn", "sh", "-c", script)
            {
                Descriptors = [ChildDescriptor.Read("/dev/null"), ChildDescriptor.Copy(output.Writer, 1), ChildDescriptor.Inherit(2)],
            }.Start();
            output.Writer.Dispose();
            WaitStatus status = shell.WaitForExit();
            int daemon = PidFile.Owner(At("pid")).ShouldNotBeNull();
            LinuxSignals.Send(SignalTarget.Process(daemon), Signal.SIGTERM).ShouldBe(Errno.None);
            status.ExitCode.ShouldBe(0);
            byte[] room = new byte[1024];
            string text = System.Text.Encoding.UTF8.GetString(room, 0, output.Reader.Read(room));
            text.ShouldContain("load average");
            Next().ShouldEndWith($"ruptimed[{daemon}]: started as process {daemon}");
            Next().ShouldEndWith($"ruptimed[{daemon}]: stopped");

            string Next() => System.Text.Encoding.UTF8.GetString(room, 0, log.Receive(room));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
