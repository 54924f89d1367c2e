namespace Slipway.Wire;

/// <summary>The options of a neighbour discovery message.</summary>
/// <remarks>
/// RFC 4861 §4.6:
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |     Type      |    Length     |              ...              |   length in 8-byte units, never 0
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
public readonly ref struct NeighborOptionsView
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal NeighborOptionsView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Validates option bytes.</summary>
    /// <param name="bytes">What follows the fixed part of the message; empty is valid.</param>
    /// <param name="view">The view, if they are valid.</param>
    /// <param name="error"><see cref="WireError.BadOption"/>: a length of 0 (RFC 4861 §4.6) or beyond the message, or a link address that is none of Ethernet, for which Linux drops the message.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out NeighborOptionsView view, out WireError error)
    {
        error = Check(bytes);
        view = error == WireError.None ? new NeighborOptionsView(bytes) : default;
        return error == WireError.None;
    }

    /// <summary>The options in order. Needs no allocation.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    /// <summary>The first option of a kind; any further one is ignored, as Linux does.</summary>
    public bool TryFind(NeighborOptionKind kind, out NeighborOption option)
    {
        foreach (NeighborOption candidate in this)
        {
            if (candidate.Kind != kind) continue;
            option = candidate;
            return true;
        }
        option = default;
        return false;
    }

    /// <summary>The address of the first link address option of the kind.</summary>
    /// <param name="kind"><see cref="NeighborOptionKind.SourceLinkAddress"/> or <see cref="NeighborOptionKind.TargetLinkAddress"/>.</param>
    /// <param name="address">The Ethernet address.</param>
    public bool TryGetLinkAddress(NeighborOptionKind kind, out MacAddress address)
    {
        address = default;
        return TryFind(kind, out NeighborOption option) && option.TryGetLinkAddress(out address);
    }

    internal static WireError Check(ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int rest = bytes.Length - at, length = rest < 2 ? 0 : bytes[at + 1] * 8;
            if (length == 0 || length > rest) return WireError.BadOption;
            if ((NeighborOptionKind)bytes[at] is NeighborOptionKind.SourceLinkAddress or NeighborOptionKind.TargetLinkAddress && length != 8) return WireError.BadOption;
            at += length;
        }
        return WireError.None;
    }

    /// <summary>The fixed part's checks, shared by the five messages (RFC 4861 §6.1, §7.1, §8.1): type, code 0, length, options.</summary>
    internal static WireError CheckMessage(ReadOnlySpan<byte> message, Icmpv6Type type, int length)
    {
        if (message.Length < length) return WireError.Truncated;
        return message[0] != (byte)type || message[1] != 0 ? WireError.BadType : Check(message[length..]);
    }

    /// <summary>Walks over validated options.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private int _at;
        private int _next;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _bytes = bytes;

        /// <summary>The option the enumerator stands on.</summary>
        public readonly NeighborOption Current => new(_bytes[_at.._next]);

        /// <summary>Goes to the next option.</summary>
        public bool MoveNext()
        {
            _at = _next;
            if (_at >= _bytes.Length) return false;
            _next = _at + _bytes[_at + 1] * 8;
            return true;
        }
    }
}
