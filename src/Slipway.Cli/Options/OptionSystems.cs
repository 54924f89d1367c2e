using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>The systems that the table is read from: this machine's kernel, and a virtual host that was just made.</summary>
internal sealed class OptionSystems : IDisposable
{
    private readonly LinuxSystem? _linux;
    private readonly SocketSystem? _slipway;

    private OptionSystems(LinuxSystem? linux, SocketSystem? slipway)
    {
        _linux = linux;
        _slipway = slipway;
    }

    /// <summary>Opens the systems that are wanted.</summary>
    public static OptionSystems Open(bool linux, bool slipway) => new(linux ? LinuxSystem.Current : null, null);

    /// <summary>Asks each of them.</summary>
    public OptionComparison Read(SocketOptionDefinition option) => new(
        option,
        _linux is null ? null : OptionProbe.Read(_linux, option),
        _slipway is null ? null : OptionProbe.Read(_slipway, option));

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
