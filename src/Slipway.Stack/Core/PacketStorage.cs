namespace Slipway.Stack;

/// <summary>The bytes behind one or more <see cref="PacketBuffer"/>s. Counted without interlocking: all users own the same loop.</summary>
internal sealed class PacketStorage(byte[] bytes, int sizeClass)
{
    /// <summary>The size class of a storage that is too big for any, and is left to the garbage collector.</summary>
    public const int Unpooled = -1;

    public readonly byte[] Bytes = bytes;
    public readonly int SizeClass = sizeClass;
    public int References;
    public PacketStorage? NextFree;
}
