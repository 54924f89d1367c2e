namespace Slipway.Stack;

/// <summary>
/// What a message costs its sender's buffer until it is read: Linux's truesize, so that as many fit as there. Measured by SIOCOUTQ on Linux 6.18, x86-64: struct sk_buff, the block of
/// the first bytes with 320 bytes of bookkeeping, a power of two from 512, and whole pages for the rest.
/// </summary>
internal static class UnixMemory
{
    private const int Handle = 256, Bookkeeping = 320, LeastBlock = 512, Page = 4096;

    /// <summary>Most that lies in the block of a stream's piece: a page less the bookkeeping.</summary>
    private const int StreamHead = Page - Bookkeeping;

    /// <summary>Most that lies in the block of a message.</summary>
    private const int MessageHead = 4 * Page - Bookkeeping;

    /// <summary>Most that one piece of a stream holds: its block, and 32 KiB of pages.</summary>
    public const int LongestPiece = StreamHead + 8 * Page;

    public static int OfPiece(int length) => Of(length, StreamHead);

    public static int OfMessage(int length) => Of(length, MessageHead);

    private static int Of(int length, int mostInBlock)
    {
        int pages = length > mostInBlock ? (length - mostInBlock + Page - 1) / Page * Page : 0;
        int needed = Math.Max(length - pages, 0) + Bookkeeping;
        int block = LeastBlock;
        while (block < needed) block <<= 1;
        return Handle + block + pages;
    }
}
