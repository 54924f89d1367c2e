namespace Slipway.Sockets;

/// <summary>Filters: programs that decide which packets a socket takes (socket(7)).</summary>
public sealed partial class Socket
{
    /// <summary>SO_ATTACH_FILTER: from now on the program sees each packet, and its verdict is how many bytes are kept. It takes the place of one that was there.</summary>
    /// <exception cref="SocketCallException">EINVAL for an invalid program, EPERM after <see cref="LockFilter"/>, ENOMEM for one that needs more than optmem_max.</exception>
    public void AttachFilter(ClassicFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        Check(_system.AttachFilter(_descriptor, filter.Instructions), "setsockopt(SO_ATTACH_FILTER)");
    }

    /// <summary>SO_ATTACH_REUSEPORT_CBPF: from now on the program's verdict is the number, from 0, of the socket that gets a datagram or a connection, among those that share the port.</summary>
    /// <remarks>The program sees the packet behind the transport header. A number that no socket has leaves the choice to the hash.</remarks>
    /// <exception cref="SocketCallException">EINVAL for an invalid program or without SO_REUSEPORT, EPERM after <see cref="LockFilter"/>.</exception>
    public void AttachReusePortFilter(ClassicFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        Check(_system.AttachReusePortFilter(_descriptor, filter.Instructions), "setsockopt(SO_ATTACH_REUSEPORT_CBPF)");
    }

    /// <summary>SO_ATTACH_BPF: an eBPF program as the filter, by the descriptor that <see cref="SocketSystem.LoadProgram"/> gave.</summary>
    /// <exception cref="SocketCallException">EBADF, EINVAL for a descriptor of something else, EPERM after <see cref="LockFilter"/>.</exception>
    public void AttachProgram(int program) => SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_ATTACH_BPF, program);

    /// <summary>SO_ATTACH_REUSEPORT_EBPF: as <see cref="AttachReusePortFilter"/>, with an eBPF program.</summary>
    /// <exception cref="SocketCallException">EBADF, EINVAL for a descriptor of something else or without SO_REUSEPORT, EPERM after <see cref="LockFilter"/>.</exception>
    public void AttachReusePortProgram(int program) => SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_ATTACH_REUSEPORT_EBPF, program);

    /// <summary>SO_DETACH_FILTER.</summary>
    /// <exception cref="SocketCallException">ENOENT without a filter, EPERM after <see cref="LockFilter"/>.</exception>
    public void DetachFilter() => SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_DETACH_FILTER, 0);

    /// <summary>SO_DETACH_REUSEPORT_BPF.</summary>
    /// <exception cref="SocketCallException">ENOENT without a program, EINVAL without SO_REUSEPORT.</exception>
    public void DetachReusePortFilter() => SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_DETACH_REUSEPORT_BPF, 0);

    /// <summary>SO_LOCK_FILTER: nobody changes the filter of this socket any more, who got its descriptor included.</summary>
    public void LockFilter() => SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_LOCK_FILTER, 1);

    /// <summary>SO_GET_FILTER: the program as it was attached; null without one.</summary>
    /// <exception cref="SocketCallException">EACCES for an eBPF program.</exception>
    public ClassicFilter? GetFilter()
    {
        int length = Check(_system.GetFilter(_descriptor, default), "getsockopt(SO_GET_FILTER)");
        if (length == 0) return null;
        var instructions = new ClassicInstruction[length];
        Check(_system.GetFilter(_descriptor, instructions), "getsockopt(SO_GET_FILTER)");
        return new ClassicFilter(instructions);
    }
}
