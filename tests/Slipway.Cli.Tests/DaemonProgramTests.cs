using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.Cli.Tests;

/// <summary>ruptimed as a daemon: the shell is free when it has begun, it answers, and SIGTERM ends it in order.</summary>
public sealed class DaemonProgramTests
{
    [NamespaceTheory("uptime", "unshare", "mount")]
    [InlineData("--dgram", "udp", "07")]
    [InlineData("", "tcp", "0A")]
    public void It_runs_in_the_background_answers_and_stops(string variant, string protocol, string state)
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
                NOTIFY_SOCKET={At("notify")} {slipway} ruptimed --daemon --pid-file={At("pid")} --log={At("log")} {variant} </dev/null
                grep -q ':0FA0 [0-9A-F]*:0000 {state} ' /proc/net/{protocol}
                {slipway} ruptime {variant} {Environment.MachineName}
                """;
            using System.Net.Sockets.Socket log = Listening("log"), manager = Listening("notify");
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
            Next(log).ShouldEndWith($"ruptimed[{daemon}]: started as process {daemon}");
            Next(manager).ShouldBe($"READY=1\nMAINPID={daemon}");
            Next(log).ShouldEndWith($"ruptimed[{daemon}]: stopped");
            Next(manager).ShouldBe("STOPPING=1");

            string Next(System.Net.Sockets.Socket socket) => System.Text.Encoding.UTF8.GetString(room, 0, socket.Receive(room));

            System.Net.Sockets.Socket Listening(string name)
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Unspecified)
                {
                    ReceiveTimeout = 60_000, // a test that fails shall end
                };
                socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(At(name)));
                return socket;
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Whoever waits for the daemon learns that nobody will be served, and why, instead of that it is ready.</summary>
    [NamespaceTheory("unshare", "mount", "ip")]
    [InlineData("ruptime 4000/tcp\n", "ruptimed: none of its addresses can be bound\n")]
    [InlineData("nothing 1/tcp\n", "ruptimed: getaddrinfo error: Servname not supported for ai_socktype\n")]
    public void A_daemon_that_cannot_serve_says_so_to_the_shell(string services, string complaint)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("slipway-daemon-");
        try
        {
            string At(string name) => Path.Combine(directory.FullName, name);
            File.WriteAllText(At("services"), services);
            File.WriteAllText(At("hosts"), $"192.0.2.1 {Environment.MachineName}\n"); // an address that the machine does not have
            string slipway = $"\"{ProcessCommand.Assembly(typeof(Program).Assembly.Location).Program}\" \"{typeof(Program).Assembly.Location}\"";
            string script = $"mount --bind {At("services")} /etc/services && mount --bind {At("hosts")} /etc/hosts && ip link set lo up && {slipway} ruptimed --daemon --log={At("log")}";
            using var output = Pipe.Create();
            using SpawnedProcess shell = new ProcessCommand("unshare", "-mn", "sh", "-c", script)
            {
                Descriptors = [ChildDescriptor.Read("/dev/null"), ChildDescriptor.Inherit(1), ChildDescriptor.Copy(output.Writer, 2)],
            }.Start();
            output.Writer.Dispose();
            using var text = new StreamReader(output.Reader.ToStream(FileAccess.Read));
            text.ReadToEnd().ShouldBe(complaint);
            shell.WaitForExit().ExitCode.ShouldBe(ExitCode.Failed);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
