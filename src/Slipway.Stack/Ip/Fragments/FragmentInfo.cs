namespace Slipway.Stack;

/// <summary>What one fragment says of itself.</summary>
/// <param name="HeaderLength">Bytes before the fragment's payload: the headers of the unfragmentable part and, in IPv6, the fragment header.</param>
/// <param name="Offset">Where the payload belongs in the whole.</param>
/// <param name="Length">Bytes of the payload.</param>
/// <param name="More">Not the last.</param>
/// <param name="NextHeaderOffset">IPv6: the byte before the fragment header that names it, counted from the packet's start.</param>
/// <param name="Ecn">The two bits of ECN.</param>
internal readonly record struct FragmentInfo(int HeaderLength, int Offset, int Length, bool More, int NextHeaderOffset, int Ecn)
{
    public int End => Offset + Length;
}
