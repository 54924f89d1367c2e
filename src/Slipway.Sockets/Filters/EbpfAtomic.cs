namespace Slipway.Sockets;

/// <summary>Atomic operations of eBPF on memory (RFC 9669 §5.3). Those with Fetch in their names give what was there to the source register.</summary>
public enum EbpfAtomic
{
    /// <summary>Adds the source.</summary>
    Add = 0x00,

    /// <summary>Adds the source, and fetches.</summary>
    FetchAdd = 0x01,

    /// <summary>Sets the bits of the source.</summary>
    Or = 0x40,

    /// <summary>Sets the bits of the source, and fetches.</summary>
    FetchOr = 0x41,

    /// <summary>Keeps the bits of the source.</summary>
    And = 0x50,

    /// <summary>Keeps the bits of the source, and fetches.</summary>
    FetchAnd = 0x51,

    /// <summary>Turns the bits of the source around.</summary>
    Xor = 0xA0,

    /// <summary>Turns the bits of the source around, and fetches.</summary>
    FetchXor = 0xA1,

    /// <summary>Stores the source, and fetches.</summary>
    Exchange = 0xE1,

    /// <summary>Stores the source if r0 is there; r0 becomes what was there.</summary>
    CompareExchange = 0xF1,
}
