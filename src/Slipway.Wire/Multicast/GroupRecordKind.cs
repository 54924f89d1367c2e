namespace Slipway.Wire;

/// <summary>What a group record of IGMPv3 and MLDv2 says (RFC 9776 §4.2.12, RFC 9777 §5.2.12).</summary>
public enum GroupRecordKind : byte
{
    /// <summary>Answer to a query: these sources are heard.</summary>
    IsInclude = 1,

    /// <summary>Answer to a query: all sources but these are heard.</summary>
    IsExclude = 2,

    /// <summary>From now on only these sources are heard; without any: the group is left.</summary>
    ToInclude = 3,

    /// <summary>From now on all sources but these are heard.</summary>
    ToExclude = 4,

    /// <summary>These sources are heard as well.</summary>
    AllowNewSources = 5,

    /// <summary>These sources are not heard any more.</summary>
    BlockOldSources = 6,
}
