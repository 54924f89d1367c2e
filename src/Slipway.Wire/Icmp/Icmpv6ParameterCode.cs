namespace Slipway.Wire;

/// <summary>Codes of <see cref="Icmpv6Type.ParameterProblem"/> (RFC 4443 §3.4, RFC 7112 §5).</summary>
public enum Icmpv6ParameterCode : byte
{
    /// <summary>A header field is wrong.</summary>
    ErroneousField = 0,

    /// <summary>The next header is not known.</summary>
    UnknownNextHeader = 1,

    /// <summary>The option is not known.</summary>
    UnknownOption = 2,

    /// <summary>The first fragment does not hold all headers.</summary>
    IncompleteHeaderChain = 3,
}
