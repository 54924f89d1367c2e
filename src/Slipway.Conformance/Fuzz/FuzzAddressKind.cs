namespace Slipway.Conformance;

/// <summary>Where the bytes of an address come from.</summary>
internal enum FuzzAddressKind
{
    /// <summary>They are given.</summary>
    Raw,

    /// <summary>getsockname of another socket of the sequence.</summary>
    NameOf,

    /// <summary>An IPv4 address with a port of the sequence's own.</summary>
    Inet,

    /// <summary>An IPv6 address with a port of the sequence's own.</summary>
    Inet6,

    /// <summary>A path in the run's directory.</summary>
    Path,

    /// <summary>An abstract name of the sequence's own.</summary>
    Abstract,
}
