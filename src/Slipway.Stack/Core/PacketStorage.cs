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

    /// <summary>
    /// The bytes before this place are headers or room for them, and of all packets over this storage only <see cref="HeaderOwner"/> looks at them; it alone may write there.
    /// 0: several look at all of the bytes. Only of meaning with more than one reference.
    /// </summary>
    public int HeaderEnd;

    /// <summary>The packet that has the header room now; null if it is free.</summary>
    public PacketBuffer? HeaderOwner;
}
