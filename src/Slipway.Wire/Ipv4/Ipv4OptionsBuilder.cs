using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>Builds IPv4 options in place; see <see cref="Ipv4OptionsView"/> for their layout. Goes into <see cref="Ipv4Header.Options"/> or IP_OPTIONS.</summary>
public ref struct Ipv4OptionsBuilder
{
    /// <summary>Most bytes of options.</summary>
    public const int MaximumLength = 40;

    private readonly Span<byte> _destination;

    /// <summary>Starts with no options.</summary>
    /// <param name="destination">Room for them; what is beyond 40 bytes is not used.</param>
    public Ipv4OptionsBuilder(Span<byte> destination) => _destination = destination[..Math.Min(destination.Length & ~3, MaximumLength)];

    /// <summary>Bytes so far, without padding at the end.</summary>
    public int Length { get; private set; }

    /// <summary>A byte of padding, to align the next option.</summary>
    /// <exception cref="InvalidOperationException">The room is used up.</exception>
    public void AddNoOperation() => Take(1)[0] = (byte)Ipv4OptionKind.NoOperation;

    /// <summary>Room for addresses that the hosts on the way fill in.</summary>
    /// <param name="slots">How many, at most 9.</param>
    /// <exception cref="InvalidOperationException">The room is used up.</exception>
    public void AddRecordRoute(int slots)
    {
        Span<byte> option = TakeOption(Ipv4OptionKind.RecordRoute, 3 + slots * 4);
        option[2] = 4;
    }

    /// <summary>The hosts to go by, and last the final destination; the packet's destination address is the first hop.</summary>
    /// <param name="isStrict">Whether there may be no other hosts between.</param>
    /// <param name="route">IPv4 addresses, at most 9.</param>
    /// <exception cref="InvalidOperationException">The room is used up.</exception>
    public void AddSourceRoute(bool isStrict, scoped ReadOnlySpan<IpAddress> route)
    {
        Span<byte> option = TakeOption(isStrict ? Ipv4OptionKind.StrictSourceRoute : Ipv4OptionKind.LooseSourceRoute, 3 + route.Length * 4);
        option[2] = 4;
        for (int i = 0; i < route.Length; i++) route[i].WriteIPv4(option[(3 + i * 4)..]);
    }

    /// <summary>Room for times that the hosts on the way fill in.</summary>
    /// <param name="slots">How many, at most 9; at most 4 with addresses.</param>
    /// <param name="withAddresses">Each host writes its address before the time.</param>
    /// <exception cref="InvalidOperationException">The room is used up.</exception>
    public void AddTimestamp(int slots, bool withAddresses)
    {
        Span<byte> option = TakeOption(Ipv4OptionKind.Timestamp, 4 + slots * (withAddresses ? 8 : 4));
        option[2] = 5;
        option[3] = withAddresses ? (byte)1 : (byte)0;
    }

    /// <summary>Room for the times of the hosts named, which fill them in if they are passed in this order.</summary>
    /// <param name="hosts">IPv4 addresses, at most 4.</param>
    /// <exception cref="InvalidOperationException">The room is used up.</exception>
    public void AddTimestamp(scoped ReadOnlySpan<IpAddress> hosts)
    {
        Span<byte> option = TakeOption(Ipv4OptionKind.Timestamp, 4 + hosts.Length * 8);
        option[2] = 5;
        option[3] = 3;
        for (int i = 0; i < hosts.Length; i++) hosts[i].WriteIPv4(option[(4 + i * 8)..]);
    }

    /// <summary>Router alert (RFC 2113 §2.1).</summary>
    /// <param name="value">0: every router shall look at the packet.</param>
    /// <exception cref="InvalidOperationException">The room is used up.</exception>
    public void AddRouterAlert(ushort value = 0) => BinaryPrimitives.WriteUInt16BigEndian(TakeOption(Ipv4OptionKind.RouterAlert, 4)[2..], value);

    /// <summary>Ends the options, to a multiple of four.</summary>
    /// <returns>Bytes of the options.</returns>
    public int Finish()
    {
        Take(-Length & 3).Clear();
        return Length;
    }

    private Span<byte> TakeOption(Ipv4OptionKind kind, int length)
    {
        Span<byte> option = Take(length);
        option.Clear();
        option[0] = (byte)kind;
        option[1] = (byte)length;
        return option;
    }

    private Span<byte> Take(int length)
    {
        if (length > _destination.Length - Length) throw new InvalidOperationException("The options do not fit 40 bytes or the room given.");
        Span<byte> taken = _destination.Slice(Length, length);
        Length += length;
        return taken;
    }
}
