namespace Slipway.Stack;

/// <summary>What fast open (RFC 7413) has to do with a connection.</summary>
[Flags]
internal enum FastOpenState : byte
{
    None = 0,

    /// <summary>connect(2) has returned, and the first write sends the SYN (TCP_FASTOPEN_CONNECT; the kernel's DEFER_CONNECT).</summary>
    Deferred = 1,

    /// <summary>Our SYN had the option: a cookie, or the request for one (syn_fastopen).</summary>
    HadOption = 2,

    /// <summary>Our SYN had data (syn_data).</summary>
    SentData = 4,

    /// <summary>The data of a SYN were taken, here or at the peer (syn_data_acked).</summary>
    DataTaken = 8,

    /// <summary>A connection of a listener that was there before its handshake was over (syn_fastopen_child).</summary>
    Child = 16,

    /// <summary>The first after a pause: it shows whether fast open works again (syn_fastopen_ch).</summary>
    OnTrial = 32,
}
