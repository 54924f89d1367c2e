namespace Slipway.Wire;

/// <summary>Codes of <see cref="Icmpv4Type.ParameterProblem"/> (RFC 792, RFC 1122 §3.2.2.5).</summary>
public enum Icmpv4ParameterCode : byte
{
    /// <summary>The pointer tells the byte at fault.</summary>
    Pointer = 0,

    /// <summary>A required option is missing.</summary>
    MissingOption = 1,

    /// <summary>Bad length.</summary>
    BadLength = 2,
}
