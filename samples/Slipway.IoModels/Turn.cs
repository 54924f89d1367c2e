using Slipway.Sockets;

namespace Slipway.IoModels;

/// <summary>One thread lets another go on, by a byte through a pair of sockets: a wait that the kernel and the lab both know.</summary>
internal sealed class Turn : IDisposable
{
    private readonly Socket _near, _far;

    public Turn(HostProcess process)
    {
        _near = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram | SocketType.CloseOnExec);
        _far = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram | SocketType.CloseOnExec);
        _far.Bind(InetAddress.LoopbackIPv4());
        _near.Connect(_far.LocalAddress);
    }

    public void Pass() => _near.Send("."u8);

    public void Wait()
    {
        Span<byte> room = stackalloc byte[1];
        _far.Receive(room);
    }

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
    }
}
