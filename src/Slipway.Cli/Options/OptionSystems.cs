using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Cli;

/// <summary>The systems that the table is read from: this machine's kernel, and a virtual host that was just made.</summary>
internal sealed class OptionSystems
{
    private readonly LinuxSystem? _linux;
    private readonly SocketSystem? _slipway;

    private OptionSystems(LinuxSystem? linux, SocketSystem? slipway)
    {
        _linux = linux;
        _slipway = slipway;
    }

    /// <summary>Opens the systems that are wanted.</summary>
    public static OptionSystems Open(bool linux, bool slipway) => new(linux ? LinuxSystem.Current : null, slipway ? MakeHost() : null);

    /// <summary>Asks each of them.</summary>
    public OptionComparison Read(SocketOptionDefinition option) => new(
        option,
        _linux is null ? null : OptionProbe.Read(_linux, option),
        _slipway is null ? null : OptionProbe.Read(_slipway, option));

    // Nothing of it depends on time or chance; it is gone with the last reference.
    private static StackSocketSystem MakeHost()
    {
        var host = new StackHost(new StackLoop(new VirtualClock()), "slipway", new SeededRandom(1));
        return new StackSocketSystem(host, new SimpleProcessContext());
    }
}
