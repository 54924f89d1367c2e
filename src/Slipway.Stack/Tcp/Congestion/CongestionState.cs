namespace Slipway.Stack;

/// <summary>Where a sender stands with regard to loss: Linux's states of the same names (TCP_CA_*, as TCP_INFO reports them in tcpi_ca_state).</summary>
internal enum CongestionState : byte
{
    /// <summary>Nothing suspicious.</summary>
    Open = 0,

    /// <summary>Duplicate ACKs or selective acknowledgments, but not yet enough to call it loss.</summary>
    Disorder = 1,

    /// <summary>The window shrinks without loss: an ECN echo (RFC 3168 section 6.1.2) or a local queue that was full.</summary>
    Cwr = 2,

    /// <summary>Fast recovery (RFC 6582, RFC 6675, RFC 8985).</summary>
    Recovery = 3,

    /// <summary>After a retransmission timeout (RFC 6298 section 5).</summary>
    Loss = 4,
}
