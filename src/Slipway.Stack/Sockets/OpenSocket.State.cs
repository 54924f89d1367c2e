using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>The values of the options that sockets of every family have (SOL_SOCKET), and the pending error.</summary>
internal abstract partial class OpenSocket
{
    private int _receiveBuffer, _sendBuffer;
    private UncommonOptions? _uncommon;
    private Errno _error;

    /// <summary>Values that few sockets set; null until one is.</summary>
    protected UncommonOptions? UncommonIfAny => _uncommon;

    protected UncommonOptions Uncommon => _uncommon ??= new UncommonOptions();


    /// <summary>Options that are on or off.</summary>
    public SocketFlags Flags { get; protected set; }

    /// <summary>SO_BINDTODEVICE, or the scope of a bound or connected link-local address; 0 for any interface.</summary>
    public int BoundInterface { get; set; }

    /// <summary>SO_RCVBUF, in the kernel's accounting (twice what was asked for).</summary>
    public virtual int ReceiveBuffer => _receiveBuffer;

    /// <summary>SO_SNDBUF, in the kernel's accounting (twice what was asked for).</summary>
    public virtual int SendBuffer => _sendBuffer;

    public int ReceiveLowWater { get; set; } = 1;

    public LingerOption Linger { get; set; }

    public int Priority
    {
        get => _uncommon is { } uncommon ? uncommon.Priority : 0;
        set => Uncommon.Priority = value;
    }

    public int Mark
    {
        get => _uncommon is { } uncommon ? uncommon.Mark : 0;
        set => Uncommon.Mark = value;
    }

    public int BusyPoll { get; set; }

    public int IncomingCpu
    {
        get => _uncommon is { } uncommon ? uncommon.IncomingCpu : -1;
        set => Uncommon.IncomingCpu = value;
    }

    /// <summary>SO_TIMESTAMPING.</summary>
    public TimestampingFlags Timestamping => _uncommon is { } uncommon ? uncommon.Timestamping : TimestampingFlags.None;

    /// <summary>IP_CHECKSUM.</summary>
    public bool ReceivesChecksum
    {
        get => _uncommon is { ReceivesChecksum: true };
        set => Uncommon.ReceivesChecksum = value;
    }

    /// <summary>SO_WIFI_STATUS.</summary>
    public bool ReceivesWirelessStatus
    {
        get => _uncommon is { ReceivesWirelessStatus: true };
        set => Uncommon.ReceivesWirelessStatus = value;
    }

    /// <summary>SO_NOFCS.</summary>
    public bool SuppliesFrameChecksum
    {
        get => _uncommon is { SuppliesFrameChecksum: true };
        set => Uncommon.SuppliesFrameChecksum = value;
    }

    /// <summary>SO_TXTIME as it was set.</summary>
    public long SendTimeOptions
    {
        get => _uncommon is { } uncommon ? uncommon.SendTimeOptions : 0;
        set => Uncommon.SendTimeOptions = value;
    }

    /// <summary>SO_BUF_LOCK: which buffers keep their size, as SO_SNDBUF (1) and SO_RCVBUF (2) have it.</summary>
    public virtual int BufferLocks
    {
        get => _uncommon is { } uncommon ? uncommon.BufferLocks : 0;
        set => Uncommon.BufferLocks = value;
    }

    /// <summary>SO_BUSY_POLL_BUDGET.</summary>
    /// <returns>EPERM for more than now without privilege, then EINVAL beyond 65535.</returns>
    public Errno SetBusyPollBudget(int packets, bool isPrivileged)
    {
        if (packets > (_uncommon?.BusyPollBudget ?? 0) && !isPrivileged) return Errno.EPERM;
        if (packets is < 0 or > ushort.MaxValue) return Errno.EINVAL;
        Uncommon.BusyPollBudget = packets;
        return Errno.None;
    }

    /// <summary>SO_PEEK_OFF; -1 for off.</summary>
    public int PeekOffset
    {
        get => _uncommon is { } uncommon ? uncommon.PeekOffset : -1;
        set => Uncommon.PeekOffset = value;
    }

    /// <summary>SO_ACCEPTCONN.</summary>
    public virtual bool IsListening => false;

    /// <summary>Whether the protocol has SO_PEEK_OFF.</summary>
    public virtual bool HasPeekOffset => false;

    /// <summary>SO_MEMINFO: memory of the receive queue, of the send queue and datagrams dropped; the rest is not kept here.</summary>
    public abstract (int Received, int Sent, uint Drops) Memory { get; }

    /// <summary>Whether an error is pending.</summary>
    protected bool HasPendingError => _error != Errno.None;

    public bool Has(SocketFlags flag) => (Flags & flag) != 0;

    public void Set(SocketFlags flag, bool on)
    {
        if (on) Flags |= flag;
        else Flags &= ~flag;
    }

    /// <summary>What becomes of a value of SO_RCVLOWAT: a stream cannot wait for more than its buffer will hold.</summary>
    public virtual int CutLowWater(int bytes) => bytes;

    /// <summary>Sets SO_RCVBUF.</summary>
    public virtual void SetReceiveBuffer(int bytes)
    {
        _receiveBuffer = bytes;
        Lock(2);
    }

    /// <summary>Sets SO_SNDBUF.</summary>
    public virtual void SetSendBuffer(int bytes)
    {
        _sendBuffer = bytes;
        Lock(1);
    }

    private void Lock(int buffer)
    {
        if (this is not TcpSocket) Uncommon.BufferLocks |= buffer;
    }

    /// <summary>An option was set: what follows from the old value is worked out again.</summary>
    public virtual void OnOptionSet()
    {
    }

    /// <summary>An option was set that takes the route of a connection away (Linux sk_dst_reset).</summary>
    public virtual void OnRouteLost()
    {
    }

    /// <summary>Takes the pending error: who gets it clears it (SO_ERROR, or the next call).</summary>
    public Errno TakeError()
    {
        Errno error = _error;
        _error = Errno.None;
        return error;
    }

    /// <summary>Sets the pending error: a call found it that has something else to return.</summary>
    public void KeepError(Errno error) => _error = error;

    /// <summary>Sets the pending error, or takes it back, without telling anybody.</summary>
    protected void SetPendingError(Errno error) => _error = error;

    /// <summary>Sets the pending error and tells those who wait.</summary>
    protected void Fail(Errno error)
    {
        _error = error;
        Announce(PollEvents.POLLERR | PollEvents.POLLPRI | Readable | Writable, PollErr);
    }

    /// <summary>Takes over the values that few sockets set.</summary>
    protected void CopyUncommonFrom(OpenSocket other)
    {
        if (other._uncommon is { } uncommon) _uncommon = uncommon.Copy();
    }
}
