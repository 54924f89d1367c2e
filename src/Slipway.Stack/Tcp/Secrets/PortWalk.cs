namespace Slipway.Stack;

/// <summary>
/// The order in which the ports of a range are tried, as Linux has it: every second port first, then those between. connect takes the parity of the range's
/// lower end first, bind to port 0 the other, so that the two do not get in each other's way.
/// </summary>
internal struct PortWalk
{
    private readonly int _low;
    private readonly int _end;
    private readonly int _remaining;
    private readonly int _step;
    private readonly bool _secondIsLower;
    private int _offset;
    private int _port;
    private bool _second;

    private PortWalk(int low, int high, int offset, int step, bool secondIsLower)
    {
        _low = low;
        _end = high + 1;
        _remaining = Count(low, high);
        _step = step;
        _secondIsLower = secondIsLower;
        _offset = offset;
        _port = low + offset;
        Steps = -step;
    }

    /// <summary>How far the last port given is from the first of its pass.</summary>
    public int Steps { get; private set; }

    /// <summary>How much the ports of one pass differ: 2, or 1 when every port is taken in turn.</summary>
    public readonly int Step => _step;

    /// <summary>The ports that are tried first were all in use: the last port given is one of the others.</summary>
    public readonly bool IsInSecondPass => _second;

    /// <summary>For connect (RFC 6056 section 3.3.4).</summary>
    /// <param name="low">The first port.</param>
    /// <param name="high">The last port.</param>
    /// <param name="offset">From the keyed hash and the table.</param>
    /// <param name="everyPort">The socket has a range of its own (IP_LOCAL_PORT_RANGE): no parity.</param>
    /// <param name="secondFirst">The other parity goes first: those of the usual one are hardly to be had.</param>
    public static PortWalk ForConnect(int low, int high, uint offset, bool everyPort = false, bool secondFirst = false)
    {
        int start = (int)(offset % (uint)Count(low, high));
        if (secondFirst && !everyPort && Count(low, high) > 1) return new PortWalk(low, high, start | 1, 2, true);
        return everyPort ? new PortWalk(low, high, start, 1, false) : new PortWalk(low, high, start & ~1, 2, false);
    }

    /// <summary>For bind to port 0 and listen without bind (RFC 6056 section 3.3.1).</summary>
    public static PortWalk ForBind(int low, int high, uint random) => new(low, high, (int)(random % (uint)Count(low, high)) | 1, 2, true);

    /// <summary>The next port to try; false when all were.</summary>
    public bool Next(out ushort port)
    {
        Steps += _step;
        if (Steps >= _remaining && !BeginSecond())
        {
            port = 0;
            return false;
        }
        if (_port >= _end) _port -= _remaining;
        port = (ushort)_port;
        _port += _step;
        return true;
    }

    private static int Count(int low, int high)
    {
        int count = high - low + 1;
        return count > 1 ? count & ~1 : count;
    }

    private bool BeginSecond()
    {
        if (_second || _step == 1 || _remaining == 1) return false;
        _second = true;
        _offset += _secondIsLower ? -1 : 1;
        _port = _low + _offset;
        Steps = 0;
        return true;
    }
}
