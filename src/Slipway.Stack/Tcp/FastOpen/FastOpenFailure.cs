namespace Slipway.Stack;

/// <summary>Why the data of a SYN did not arrive with it (tcpi_fastopen_client_fail).</summary>
internal enum FastOpenFailure : byte
{
    None,
    CookieUnavailable,
    DataNotAcknowledged,
    SynRetransmitted,
}
