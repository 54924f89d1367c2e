using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.IoModels;

/// <summary>The workload as one model sees it: a socket to which datagrams come, other work to do, and the books that are kept of it.</summary>
internal sealed class IoWorkload(HostProcess process, Socket socket, IoModelOptions options, Action work, Action taken)
{
    private readonly byte[] _buffer = new byte[64];
    private readonly List<TimeSpan> _latencies = [];

    public HostProcess Process => process;

    public Socket Socket => socket;

    public Memory<byte> Buffer => _buffer;

    /// <summary>Whether datagrams are still to come.</summary>
    public bool IsOpen => _latencies.Count < options.Datagrams;

    public int Calls { get; private set; }

    public int WorkUnits { get; private set; }

    public TimeSpan Blocked { get; private set; }

    public TimeSpan MedianLatency
    {
        get
        {
            _latencies.Sort();
            return _latencies[_latencies.Count / 2];
        }
    }

    /// <summary>A unit of other work.</summary>
    public void Work()
    {
        WorkUnits++;
        work();
    }

    /// <summary>A call that does not wait.</summary>
    public T Call<T>(Func<T> call)
    {
        Calls++;
        return call();
    }

    /// <summary>A call that waits.</summary>
    public T Wait<T>(Func<T> call)
    {
        Calls++;
        long before = process.Time.GetTimestamp();
        T result = call();
        Blocked += process.Time.GetElapsedTime(before);
        return result;
    }

    /// <summary>recvfrom(2), the same for every model but the last.</summary>
    public CallResult Receive()
    {
        int none = 0;
        return process.Sockets.RecvFrom(socket.Descriptor, _buffer, MessageFlags.None, default, ref none);
    }

    /// <summary>Receives until there is nothing more.</summary>
    public void Drain()
    {
        while (IsOpen)
        {
            CallResult received = Call(Receive);
            if (received.Error == Errno.EAGAIN) return;
            Take(received);
        }
    }

    /// <summary>The bytes of a datagram are here.</summary>
    public void Take(CallResult received)
    {
        if (received.Error == Errno.EINTR) return;
        if (!received.Succeeded) throw new SocketCallException(received.Error, "recvfrom");
        _latencies.Add(process.Time.GetElapsedTime(MemoryMarshal.Read<long>(_buffer)));
        taken(); // the next one comes from here on
    }
}
