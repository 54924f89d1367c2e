namespace Slipway.Stack;

/// <summary>What the verifier knows of a register or of eight bytes of the stack.</summary>
internal enum EbpfValueKind : byte
{
    /// <summary>Nothing was written, or different things on different ways.</summary>
    None,

    /// <summary>A number.</summary>
    Number,

    /// <summary>The packet's context, struct __sk_buff.</summary>
    Packet,

    /// <summary>An address in the stack of a function, counted from its frame pointer.</summary>
    Stack,

    /// <summary>A map.</summary>
    Map,

    /// <summary>An address in an element of a map.</summary>
    Element,

    /// <summary>The begin of an element, or 0: the program has not looked yet.</summary>
    ElementOrNull,
}
