namespace Slipway.Wire;

/// <summary>The operation of an ARP packet (RFC 826, RFC 903; IANA "ARP Parameters").</summary>
public enum ArpOperation : ushort
{
    /// <summary>Who has this address?</summary>
    Request = 1,

    /// <summary>I have it.</summary>
    Reply = 2,

    /// <summary>Reverse: which address have I? (RFC 903)</summary>
    ReverseRequest = 3,

    /// <summary>Reverse: you have this one (RFC 903).</summary>
    ReverseReply = 4,
}
