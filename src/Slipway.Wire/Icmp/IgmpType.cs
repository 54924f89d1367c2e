namespace Slipway.Wire;

/// <summary>IGMP message types (RFC 1112, RFC 2236, RFC 3376).</summary>
public enum IgmpType : byte
{
    /// <summary>Who listens?</summary>
    MembershipQuery = 0x11,

    /// <summary>I listen, version 1.</summary>
    MembershipReportV1 = 0x12,

    /// <summary>I listen, version 2.</summary>
    MembershipReportV2 = 0x16,

    /// <summary>I listen no more.</summary>
    LeaveGroup = 0x17,

    /// <summary>I listen, and to whom.</summary>
    MembershipReportV3 = 0x22,
}
