using System.Globalization;
using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>The settings of a host, and of the socket on it.</summary>
internal sealed class SimulatedHost
{
    private readonly List<(string Path, string Value)> _settings = [];

    public SimulatedHost(SeededRandom random, bool isLoneAlgorithm)
    {
        void Set(string name, string value) => _settings.Add(("net.ipv4.tcp_" + name, value));
        if (random.Chance(0.2)) Set("sack", "0");
        if (random.Chance(0.2)) Set("timestamps", random.Chance(0.5) ? "0" : "2");
        if (random.Chance(0.15)) Set("window_scaling", "0");
        if (random.Chance(0.1)) Set("dsack", "0");
        if (random.Chance(0.4)) Set("ecn", "1");
        if (random.Chance(0.1)) Set("early_retrans", "0");
        if (random.Chance(0.1)) Set("frto", "0");
        if (random.Chance(0.1)) Set("recovery", "0");
        if (random.Chance(0.1)) Set("slow_start_after_idle", "0");
        if (!isLoneAlgorithm && random.Chance(0.4)) Set("congestion_control", random.Derive("algorithm").Chance(0.5) ? "reno" : "bbr");
        Set("mtu_probing", "1");
        ReceiveBuffer = random.Chance(0.3) ? 1 << random.NextInRange(11, 19) : 0;
        SendBuffer = random.Chance(0.3) ? 1 << random.NextInRange(11, 19) : 0;
        MaxSegment = random.Chance(0.05) ? random.NextInRange(88, 1460) : 0;
        IsWithoutDelay = random.Chance(0.3);
    }

    /// <summary>SO_RCVBUF, 0 for the default.</summary>
    public int ReceiveBuffer { get; }

    /// <summary>SO_SNDBUF, 0 for the default.</summary>
    public int SendBuffer { get; }

    /// <summary>TCP_MAXSEG, 0 for the default.</summary>
    public int MaxSegment { get; }

    /// <summary>TCP_NODELAY.</summary>
    public bool IsWithoutDelay { get; }

    public void Apply(StackHost host)
    {
        foreach ((string path, string value) in _settings) host.Sysctl.Set(path, value).ShouldBe(Errno.None, path);
    }

    public void Apply(Socket socket)
    {
        if (ReceiveBuffer > 0) socket.SetOption(SocketOptions.ReceiveBuffer, ReceiveBuffer);
        if (SendBuffer > 0) socket.SetOption(SocketOptions.SendBuffer, SendBuffer);
        if (MaxSegment > 0) socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_MAXSEG, MaxSegment);
        if (IsWithoutDelay) socket.SetOption(SocketOptions.TcpNoDelay, true);
    }

    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{string.Join(" ", _settings.Select(static setting => $"{setting.Path[13..]}={setting.Value}"))} rcvbuf {ReceiveBuffer} sndbuf {SendBuffer} maxseg {MaxSegment} nodelay {IsWithoutDelay}");
}
