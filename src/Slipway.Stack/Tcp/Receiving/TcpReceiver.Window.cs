using System.Numerics;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// How much the peer may send: the buffer, the window that is announced for it, and how both grow with the rate (RFC 9293 §3.8.6.2.2, receiver's silly window avoidance; dynamic right-sizing
/// as Linux does it).
/// </summary>
internal sealed partial class TcpReceiver
{
    private const int RatioShift = 8;
    private const int InitialRatio = 1 << (RatioShift - 1);
    private const int InitialWindowSegments = 10;

    private byte _ratio = InitialRatio;
    private int _rttMicroseconds;
    private uint _lastEcho;
    private uint _measuredSeq;
    private long _measuredAt;
    private int _measuredSpace;

    /// <summary>SO_RCVBUF in the kernel's accounting: memory that the packets may take.</summary>
    public int Buffer { get; private set; }

    /// <summary>SO_RCVBUF was set: the buffer no longer grows by itself.</summary>
    public bool IsBufferLocked { get; set; }

    /// <summary>Greatest window (TCP_WINDOW_CLAMP, or what the buffer allows).</summary>
    public int WindowClamp { get; set; }

    /// <summary>Present limit of the window, below the clamp while the peer sends slowly (rcv_ssthresh).</summary>
    public int WindowThreshold { get; private set; }

    /// <summary>Round trip as the receiver sees it, microseconds (tcpi_rcv_rtt).</summary>
    public int RttMicroseconds => _rttMicroseconds >> 3;

    /// <summary>What the program reads in a round trip, bytes (tcpi_rcv_space).</summary>
    public int MeasuredSpace => _measuredSpace;

    /// <summary>What is left of the window that was announced last.</summary>
    public uint ReceiveWindow => (int)(RcvWup + RcvWnd - RcvNxt) is var left and > 0 ? (uint)left : 0;

    /// <summary>Window that all of the buffer would allow.</summary>
    public int FullSpace => WindowOf(Buffer);

    private int FreeSpace => WindowOf(Buffer - Memory);

    /// <summary>Memory of the buffer that is free, as a window.</summary>
    private int WindowOf(int memory) => (int)((long)memory * _ratio >> RatioShift);

    /// <summary>The greatest window for a buffer: not above what the header can tell, or reading would seem to open it ever more.</summary>
    private int ClampFor(int buffer) => (int)Math.Min(WindowOf(buffer), 0xFFFFL << _connection.RcvScale);

    private int MemoryFor(long window) => (int)Math.Min((window << RatioShift) / _ratio, int.MaxValue);

    /// <summary>Sets the buffer (SO_RCVBUF, or the default).</summary>
    public void SetBuffer(int bytes, bool isLocked)
    {
        Buffer = bytes;
        IsBufferLocked |= isLocked;
    }

    /// <summary>The window and its scale for a SYN or its answer (Linux tcp_select_initial_window).</summary>
    public void ChooseInitialWindow(int mss, bool scales, out byte scale)
    {
        long clamp = WindowClamp == 0 ? (long)0xFFFF << TcpOptions.MaximumWindowScale : WindowClamp;
        if (IsBufferLocked && (clamp > FullSpace || WindowClamp == 0)) clamp = FullSpace;
        RcvWnd = (uint)InitialWindow(_connection.Host, FullSpace, clamp, mss, scales, out scale);
        WindowClamp = (int)Math.Min(clamp, 0xFFFFL << scale);
        WindowThreshold = (int)RcvWnd;
    }

    /// <summary>The first window, and the least shift with which the greatest one can be told (BUF-005, BUF-007).</summary>
    public static int InitialWindow(StackHost host, int fullSpace, long clamp, int mss, bool scales, out byte scale)
    {
        long space = Math.Min(Math.Max(fullSpace, 0), clamp);
        if (space > mss) space -= space % mss;
        long window = host.Sysctl.Tcp.SignedWindows.IsOn ? Math.Min(space, short.MaxValue) : space;
        scale = 0;
        if (scales)
        {
            long most = Math.Min(Math.Max(space, Math.Max(host.Sysctl.Tcp.Rmem[2], host.Sysctl.Core.RmemMax.Value)), clamp);
            scale = (byte)Math.Clamp(BitOperations.Log2((ulong)Math.Max(most, 1)) - 15, 0, TcpOptions.MaximumWindowScale);
        }
        return (int)Math.Min(window, 0xFFFFL << scale);
    }

    /// <summary>The window that was announced while the connection was a request.</summary>
    public void AdoptWindow(uint window, int clamp)
    {
        RcvWnd = window;
        WindowClamp = clamp;
        WindowThreshold = (int)window;
    }

    /// <summary>The connection is established: limits that depend on the segment size (Linux tcp_init_buffer_space).</summary>
    public void StartBuffers(int mss)
    {
        _measuredSpace = (int)Math.Min(RcvWnd, (uint)(InitialWindowSegments * mss));
        _measuredAt = _connection.Now;
        _measuredSeq = CopiedSeq;
        int most = FullSpace;
        if (WindowClamp >= most) WindowClamp = most;
        if (WindowClamp > 2 * mss && WindowClamp + mss > most) WindowClamp = Math.Max(2 * mss, most - mss);
        WindowThreshold = Math.Min(WindowThreshold, WindowClamp);
    }

    /// <summary>The window for the segment that is sent now, as the header carries it. Never takes back what was announced (RFC 9293 §3.8.6.2.2, SHLD-14), but where data had to be dropped for want of memory.</summary>
    public ushort AnnounceWindow()
    {
        if (_isOutOfMemory)
        {
            RcvWnd = 0;
            RcvWup = RcvNxt;
            return 0;
        }
        int scale = _connection.RcvScale;
        uint current = ReceiveWindow;
        uint chosen = (uint)ChooseWindow();
        if (chosen < current)
        {
            if (chosen == 0) _connection.Count(TcpExtCounter.TCPWantZeroWindowAdv);
            chosen = AlignUp(current, scale);
        }
        uint old = RcvWnd;
        chosen = Math.Min(chosen, 0xFFFFu << scale);
        RcvWnd = chosen;
        RcvWup = RcvNxt;
        uint told = chosen >> scale;
        if (told == 0)
        {
            if (old != 0) _connection.Count(TcpExtCounter.TCPToZeroWindowAdv);
        }
        else if (old == 0) _connection.Count(TcpExtCounter.TCPFromZeroWindowAdv);
        return (ushort)told;
    }

    /// <summary>The window by the free memory: none at all rather than a silly one (Linux __tcp_select_window).</summary>
    public int ChooseWindow()
    {
        int scale = _connection.RcvScale;
        int mss = SegmentEstimate;
        int free = FreeSpace, allowed = FullSpace;
        int full = Math.Min(WindowClamp, allowed);
        if (mss > full)
        {
            mss = full;
            if (mss <= 0) return 0;
        }
        if (free < full >> 1)
        {
            _quick = 0;
            free = Math.Max(free, 0) >> scale << scale;
            if (free < allowed >> 4 || free < mss) return 0;
        }
        free = Math.Min(free, WindowThreshold);
        if (scale > 0) return (int)AlignUp((uint)Math.Max(free, 0), scale);
        int window = (int)RcvWnd;
        if (window <= free - mss || window > free) return free / mss * mss;
        return mss == full && free > window + (full >> 1) ? free : window;
    }

    /// <summary>Whether reading has made so much room that the peer should be told at once (Linux __tcp_cleanup_rbuf).</summary>
    private bool DeservesWindowUpdate()
    {
        uint now = ReceiveWindow;
        if (2L * now > WindowClamp) return false;
        int chosen = ChooseWindow();
        return chosen > 0 && chosen >= 2L * now;
    }

    /// <summary>Data came: the window may grow, if the data are worth their memory (Linux tcp_grow_window).</summary>
    private void GrowWindow(int length, int memory)
    {
        int room = Math.Min(WindowClamp, FreeSpace) - WindowThreshold;
        if (room <= 0) return;
        int growth = WindowOf(memory) <= length ? 2 * _connection.AdvertisedMss : GrowthOfCostly(length, memory);
        if (growth == 0) return;
        growth = Math.Max(growth, 2 * length);
        _quick |= 1;
        WindowThreshold += Math.Min(room, growth);
    }

    private int GrowthOfCostly(int length, int memory)
    {
        int cost = WindowOf(memory) >> 1;
        int window = WindowOf((int)Math.Min(_connection.Sysctl.Rmem[2], int.MaxValue)) >> 1;
        while (WindowThreshold <= window)
        {
            if (cost <= length) return 2 * SegmentEstimate;
            cost >>= 1;
            window >>= 1;
        }
        return 0;
    }

    /// <summary>The program has read: the buffer grows to twice what it reads in a round trip (Linux tcp_rcv_space_adjust).</summary>
    private void AdjustBuffer(int copied)
    {
        if (_rttMicroseconds == 0) return;
        long now = _connection.Now;
        if (now - _measuredAt < (_rttMicroseconds >> 3) * StackClock.Microsecond) return;
        long read = (int)(CopiedSeq - _measuredSeq);
        if (read > _measuredSpace)
        {
            if (!IsBufferLocked && _connection.Sysctl.ModerateReceiveBuffer.IsOn)
            {
                long window = 2 * read + 16 * _connection.AdvertisedMss;
                window += 2 * (window * (read - _measuredSpace) / Math.Max(_measuredSpace, 1));
                int buffer = (int)Math.Min(MemoryFor(window), _connection.Sysctl.Rmem[2]);
                if (buffer > Buffer)
                {
                    Buffer = buffer;
                    WindowClamp = ClampFor(buffer);
                }
            }
            _measuredSpace = (int)Math.Min(read, int.MaxValue);
        }
        _measuredSeq = CopiedSeq;
        _measuredAt = now;
    }

    /// <summary>A round trip from the peer's echo of our clock: how long it takes until an acknowledgment of ours brings more data.</summary>
    private void MeasureRtt(in TcpArrival segment)
    {
        if (!segment.HasTimestamps || segment.TimestampEcho == 0 || segment.TimestampEcho == _lastEcho) return;
        _lastEcho = segment.TimestampEcho;
        if (segment.Length < SegmentEstimate) return;
        uint milliseconds = _connection.TimestampNow - segment.TimestampEcho;
        if (milliseconds > int.MaxValue / 8000) return;
        int sample = Math.Max((int)milliseconds, 1) * 1000;
        _rttMicroseconds = _rttMicroseconds == 0 ? sample << 3 : _rttMicroseconds + sample - (_rttMicroseconds >> 3);
    }

    /// <summary>What share of the memory is data: the window is counted in data, the buffer in memory.</summary>
    private void LearnRatio(int length, int memory)
    {
        int ratio = Math.Clamp((int)(((long)length << RatioShift) / memory), 1, 255);
        if (ratio == _ratio) return;
        _ratio = (byte)ratio;
        WindowClamp = Math.Max(ClampFor(Buffer), 1);
    }

    private static uint AlignUp(uint value, int bits) => (value + (1u << bits) - 1) >> bits << bits;
}
