using Microsoft.Extensions.Logging;
using Slipway.Lab;
using Slipway.Linux;
using Slipway.Samples;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Cli;

/// <summary>The virtual host on its device, from the first address to the last packet. What it made on the machine goes with it.</summary>
internal sealed class UpHost
{
    private const string HostName = "slipway";

    // A connection is a descriptor.
    private static readonly StartOptions ManyConnections = new() { DescriptorLimit = 65536 };

    private readonly UpSettings _settings;
    private readonly CommandConsole _console;
    private readonly ILogger _log;
    private int _servicesToStart;

    private UpHost(UpSettings settings, CommandConsole console, ILogger log)
    {
        _settings = settings;
        _console = console;
        _log = log;
        _servicesToStart = 2 * settings.Services.Count + (settings.Http is null ? 0 : 1); // over UDP and over TCP
    }

    /// <summary>Runs until a signal comes or the token is cancelled.</summary>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="CommandException">The host cannot be put up.</exception>
    public static int Run(UpSettings settings, CommandConsole console, CancellationToken cancellationToken)
    {
        using var interruption = new Interruption(cancellationToken);
        using ILoggerFactory logging = LoggerFactory.Create(static builder => builder
            .AddSimpleConsole(static format => format.SingleLine = true)
            .AddConsole(static output => output.LogToStandardErrorThreshold = LogLevel.Trace));
        new UpHost(settings, console, logging.CreateLogger("up")).Run(interruption.Token);
        return ExitCode.Done;
    }

    private void Run(CancellationToken cancellationToken)
    {
        MachineAddresses.RequireFree(_settings);
        try
        {
            using var device = TunDevice.Open(new TunOptions { Name = _settings.Device, Ethernet = _settings.IsTap, Mtu = _settings.Mtu, Offload = _settings.Offload });
            using VirtualNetwork network = BuildNetwork(device);
            ConfigureKernel(device);
            if (_servicesToStart == 0) TellReady();
            network.Run(cancellationToken);
            _log.LogInformation("Signalled to end: {Device} goes", device.Name);
        }
        catch (TunException failure)
        {
            throw CommandException.Failed(failure.Message);
        }
        catch (ProcessFailedException failure)
        {
            throw CommandException.Failed(failure.Message);
        }
    }

    private VirtualNetwork BuildNetwork(TunDevice device)
    {
        var network = new VirtualNetwork(options: new VirtualNetworkOptions
        {
            RealTime = TimeProvider.System,
            Random = new CryptographicRandom(),
            Capture = _settings.Capture is null ? CaptureMode.Off : CaptureMode.Stream,
        });
        try
        {
            Host host = network.AddHost(HostName);
            if (_settings.Capture is { } path) StartCapture(network, host, path);
            host.Attach(device, device.Name, _settings.Model, [.. _settings.Addresses.Select(static address => address.ToString())]);
            AddDefaultRoutes(host, device.Name);
            AnswerOneNeighbour(host);
            if (_settings.Congestion is { } congestion) host.SetSysctl("net.ipv4.tcp_congestion_control", congestion);
            StartServices(host);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private void StartServices(Host host)
    {
        foreach ((DatagramService datagram, StreamService stream) in _settings.Services)
        {
            host.Start(datagram.Name, process => datagram.Serve(process, ServiceIsReady));
            host.Start($"{stream.Name}-tcp", process => stream.ServeAsync(process, ServiceIsReady), ManyConnections);
        }
        if (_settings.Http is not { } directory) return;
        host.Start("http", process => HttpServer.Of(process, directory).RunAsync(HttpServer.Port, ServiceIsReady, process.Stopping), ManyConnections);
    }

    private static void StartCapture(VirtualNetwork network, Host host, string path)
    {
        try
        {
            network.Capture.StreamTo(path, host);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Failed($"cannot write {path}: {failure.Message}");
        }
    }

    // All errors go to the same neighbour, the kernel: one traceroute would use up what Linux grants a destination. The limit of the host as a whole stays.
    private static void AnswerOneNeighbour(Host host)
    {
        host.SetSysctl("net.ipv4.icmp_ratelimit", "0");
        host.SetSysctl("net.ipv6.icmp.ratelimit", "0");
    }

    // The kernel's end is the way to everything else: over Ethernet it must have an address for that.
    private void AddDefaultRoutes(Host host, string name)
    {
        foreach (bool isIPv4 in _settings.Addresses.Select(static address => address.Address.IsIPv4).Distinct())
        {
            string everything = isIPv4 ? "0.0.0.0/0" : "::/0";
            if (!_settings.IsTap) host.AddRoute(everything, interfaceName: name);
            else if (Gateway(isIPv4) is { } gateway) host.AddRoute(everything, gateway.ToString());
        }
    }

    private IpAddress? Gateway(bool isIPv4)
    {
        foreach (IpPrefix peer in _settings.Peers)
            if (peer.Address.IsIPv4 == isIPv4 && _settings.Addresses.Any(own => own.Contains(peer.Address))) return peer.Address;
        return null;
    }

    private void ConfigureKernel(TunDevice device)
    {
        foreach (IpPrefix peer in _settings.Peers)
        {
            if (MachineAddresses.IsOn(device.Name, peer.Address)) continue;
            device.AddKernelAddress(peer);
            _log.LogInformation("The kernel's end of {Device} has {Address}", device.Name, peer);
        }
        if (_settings.Peers.Count > 0) device.SetUp();
        else _log.LogInformation("Without --peer the kernel's end stays as it is: ip link set {Device} up", device.Name);
    }

    private void ServiceIsReady()
    {
        if (Interlocked.Decrement(ref _servicesToStart) == 0) TellReady();
    }

    private void TellReady()
    {
        _console.Out.WriteLine(_settings.ReadyLine);
        _console.Out.Flush();
    }
}
