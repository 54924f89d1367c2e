using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Conformance;

/// <summary>The hosts that sequences run on: a network namespace that lives for many sequences, and a virtual host for each, set as the namespace is. Both have the loopback interface alone.</summary>
internal sealed class FuzzHosts : IDisposable
{
    /// <summary>As long as anything that a closed socket leaves behind may live.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(20);

    private readonly LinuxNetwork _network = new();
    private readonly LinuxHost _host;
    private readonly (string Path, string Text)[] _settings;
    private readonly int _stamped;
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("slipway-fuzz-").FullName;
    private readonly int _descriptorLimit = (int)Math.Min(ResourceLimits.Get(ResourceKind.RLIMIT_NOFILE).Soft, 1 << 20);

    public FuzzHosts()
    {
        _host = _network.AddHost("fuzz");
        _host.Namespace.WriteSysctl("net.ipv4.ping_group_range", "0 2147483647");
        _settings = ReadSettings();
        _stamped = KeepStamps(_host.Sockets);
    }

    /// <summary>Lets the kernel stamp all packets from here on: what asks for it first gets it a moment later, when the kernel has had the time to.</summary>
    /// <returns>The socket that asks for it.</returns>
    private static int KeepStamps(SocketSystem kernel)
    {
        CallResult opened = kernel.Socket(AddressFamily.Inet, SocketType.Datagram, 0);
        if (!opened.Succeeded) return -1;
        kernel.SetSockOpt(opened.Value, SocketLevel.SOL_SOCKET, SocketOptionName.SO_TIMESTAMP, [1, 0, 0, 0]);
        return opened.Value;
    }

    /// <summary>The kernel for a sequence.</summary>
    public FuzzWorld Kernel(int number) => new(_host.Sockets, number, _directory);

    /// <summary>A virtual host for a sequence.</summary>
    public FuzzWorld Stack(int number, out StackSocketSystem system)
    {
        // The machine did not start this moment either: at time 0 the last of anything would be just now.
        var clock = new VirtualClock();
        clock.Advance(TimeSpan.FromHours(1));
        var host = new StackHost(new StackLoop(clock), "fuzz", new SeededRandom(1));
        foreach ((string path, string text) in _settings) host.Sysctl.Set(path, text);
        system = new StackSocketSystem(host, new SimpleProcessContext(Environment.ProcessId, userId: 0, _descriptorLimit));
        for (int end = _directory.IndexOf('/', 1); end > 0; end = _directory.IndexOf('/', end + 1)) system.MakeDirectory(_directory[..end], 0x1ED);
        system.MakeDirectory(_directory, 0x1ED);
        return new FuzzWorld(system, number, _directory);
    }

    /// <summary>Lets the time of a virtual host go on until all is over; says what is left behind, or null.</summary>
    public static string? Settle(StackSocketSystem system)
    {
        StackLoop loop = system.Host.Loop;
        var clock = (VirtualClock)loop.Clock;
        system.CloseAll();
        long end = clock.Now + (long)Aftermath.TotalNanoseconds;
        while (loop.NextDeadline is { } deadline && deadline <= end)
        {
            if (deadline > clock.Now) clock.AdvanceTo(deadline);
            loop.RunDue();
        }
        return loop.Packets.Outstanding == 0 ? null : loop.Packets.DescribeOutstanding();
    }

    public void Dispose()
    {
        if (_stamped >= 0) _host.Sockets.Close(_stamped);
        _network.Dispose();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    /// <summary>What the namespace has set otherwise than a new virtual host.</summary>
    private (string Path, string Text)[] ReadSettings()
    {
        var model = new StackHost(new StackLoop(new VirtualClock()), "model", new SeededRandom(1));
        var settings = new List<(string, string)>();
        foreach ((string path, SysctlEntry entry) in model.Sysctl.Paths)
        {
            if (Read(path) is { } text && text.Replace('\t', ' ') != entry.Text.Replace('\t', ' ') && entry.Set(text) == Errno.None) settings.Add((path, text));
        }
        return [.. settings];
    }

    // Some settings are the whole machine's, and are not shown in a namespace.
    private string? Read(string path)
    {
        foreach (NetworkNamespace space in new[] { _host.Namespace, NetworkNamespace.Initial })
        {
            try
            {
                return space.ReadSysctl(path.Replace('/', '.'));
            }
            catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
            {
                // A kernel built without it.
            }
        }
        return null;
    }
}
