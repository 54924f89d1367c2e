using System.Buffers.Binary;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What a host does with the options of an IPv4 header on its way: records routes and times (RFC 791 §3.1, RFC 1122 §3.2.1.8, RFC 1812 §5.2.4).</summary>
internal static class Ipv4OptionProcessor
{
    private const int MillisecondsPerDay = 86_400_000;

    /// <summary>Writes this host into route and timestamp options that have room. The checksum is left to the caller.</summary>
    /// <param name="options">The validated option bytes, writable.</param>
    /// <param name="address">The address of this host that goes in: for a forwarded packet that of the outgoing interface.</param>
    /// <param name="interfaces">To find out whether a prespecified address is this host's.</param>
    /// <param name="timeOfDay">Milliseconds since midnight, universal time.</param>
    /// <returns>Whether something was written.</returns>
    public static bool Record(Span<byte> options, IpAddress address, InterfaceTable interfaces, uint timeOfDay)
    {
        bool changed = false;
        for (int at = 0; at < options.Length;)
        {
            var kind = (Ipv4OptionKind)options[at];
            if (kind == Ipv4OptionKind.EndOfList) break;
            if (kind == Ipv4OptionKind.NoOperation)
            {
                at++;
                continue;
            }
            Span<byte> option = options.Slice(at, options[at + 1]);
            changed |= kind switch
            {
                Ipv4OptionKind.RecordRoute => RecordRoute(option, address),
                Ipv4OptionKind.Timestamp => RecordTime(option, address, interfaces, timeOfDay),
                _ => false,
            };
            at += option.Length;
        }
        return changed;
    }

    /// <summary>Turns options that go only into the first fragment to no-operations (the copied flag, RFC 791 §3.1).</summary>
    public static void KeepCopiedOnly(Span<byte> options) => Blank(options, static kind => ((byte)kind & 0x80) == 0);

    /// <summary>Turns all options to no-operations but those that record routes and times.</summary>
    public static void KeepRecordsOnly(Span<byte> options) => Blank(options, static kind => kind is not (Ipv4OptionKind.RecordRoute or Ipv4OptionKind.Timestamp));

    /// <summary>Milliseconds since midnight (RFC 792, timestamp).</summary>
    public static uint TimeOfDay(StackLoop loop) => (uint)(loop.Clock.WallTime.UtcDateTime.TimeOfDay.Ticks / TimeSpan.TicksPerMillisecond % MillisecondsPerDay);

    private static void Blank(Span<byte> options, Func<Ipv4OptionKind, bool> isBlanked)
    {
        for (int at = 0; at < options.Length && options[at] != (byte)Ipv4OptionKind.EndOfList;)
        {
            if (options[at] == (byte)Ipv4OptionKind.NoOperation)
            {
                at++;
                continue;
            }
            if (at + 1 >= options.Length) return;
            int length = options[at + 1];
            if (length < 2 || length > options.Length - at) return;
            if (isBlanked((Ipv4OptionKind)options[at])) options.Slice(at, length).Fill((byte)Ipv4OptionKind.NoOperation);
            at += length;
        }
    }

    private static bool RecordRoute(Span<byte> option, IpAddress address)
    {
        int pointer = option[2];
        if (pointer + 3 > option.Length) return false;
        address.WriteIPv4(option[(pointer - 1)..]);
        option[2] += 4;
        return true;
    }

    private static bool RecordTime(Span<byte> option, IpAddress address, InterfaceTable interfaces, uint timeOfDay)
    {
        int pointer = option[2], flags = option[3] & 0xF;
        if (pointer > option.Length)
        {
            if (flags == 3) return false;
            option[3] += 0x10;
            return true;
        }
        int entry = flags is 1 or 3 ? 8 : 4;
        if (pointer + entry - 1 > option.Length) return false;
        Span<byte> place = option[(pointer - 1)..];
        if (flags == 3 && interfaces.FindAddress(IpAddress.ReadIPv4(place)) is null) return false;
        if (flags == 1) address.WriteIPv4(place);
        BinaryPrimitives.WriteUInt32BigEndian(place[(entry - 4)..], timeOfDay);
        option[2] += (byte)entry;
        return true;
    }
}
