namespace Slipway.Stack;

/// <content>Its life: checked for duplicates first, and ended by a router's word.</content>
public sealed partial class LocalAddress
{
    /// <summary>Somebody else on the link has it (RFC 4862 §5.4.5, IFA_F_DADFAILED): it stays tentative, and nothing uses it.</summary>
    public bool IsDuplicate { get; internal set; }

    /// <summary>It was made from a router's advertisement (RFC 4862 §5.5).</summary>
    public bool IsAutoconfigured => Lifetime is not null;

    /// <summary>How long it counts, where a router says so; null for an address that stays.</summary>
    internal AddressLifetime? Lifetime { get; set; }

    /// <summary>The interface has its network's subnet-router address for it.</summary>
    internal bool HoldsSubnetAnycast { get; set; }

    /// <summary>How many stable identifiers were duplicates before this one.</summary>
    internal int StableTries { get; }

    /// <summary>The address beside which this temporary one stands.</summary>
    internal LocalAddress? PublicAddress { get; }

    /// <summary>The temporary address that follows this one was made.</summary>
    internal bool HasSuccessor { get; set; }

    /// <summary>Temporary addresses that were tried beside this one in a row.</summary>
    internal int TemporaryTries { get; set; }

    /// <summary>The check that is under way.</summary>
    internal DuplicateDetection? Detection { get; set; }
}
