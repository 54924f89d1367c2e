namespace Slipway.Stack;

/// <summary><c>net.unix</c>: settings of local sockets.</summary>
public sealed class UnixSysctl
{
    internal UnixSysctl(Sysctl tree)
        => MaxDatagrams = tree.Add(new SysctlInt("net/unix/max_dgram_qlen", 10, int.MinValue, int.MaxValue, "datagrams that wait in a socket before those who are not its peer must wait (unix(7))"));

    /// <summary><c>max_dgram_qlen</c>.</summary>
    public SysctlInt MaxDatagrams { get; }
}
