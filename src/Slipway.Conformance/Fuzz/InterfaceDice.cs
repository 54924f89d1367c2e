using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Chooses requests that change the loopback interface, its addresses, and those that read them. A sequence with such has a namespace of its own.</summary>
internal sealed class InterfaceDice(FuzzDice dice)
{
    private const int NameLength = 16, RequestLength = 40;

    private static readonly uint[] s_changes =
    [
        IoControl.SIOCSIFFLAGS, IoControl.SIOCSIFFLAGS, IoControl.SIOCSIFADDR, IoControl.SIOCSIFADDR, IoControl.SIOCSIFADDR, IoControl.SIOCSIFNETMASK, IoControl.SIOCSIFBRDADDR, IoControl.SIOCSIFDSTADDR,
        IoControl.SIOCDIFADDR, IoControl.SIOCSIFMTU, IoControl.SIOCSIFMTU, IoControl.SIOCSIFTXQLEN, IoControl.SIOCSIFHWADDR, IoControl.SIOCSIFMETRIC, IoControl.SIOCSIFMAP, IoControl.SIOCSIFNAME,
    ];

    private static readonly uint[] s_questions =
    [
        IoControl.SIOCGIFFLAGS, IoControl.SIOCGIFADDR, IoControl.SIOCGIFNETMASK, IoControl.SIOCGIFBRDADDR, IoControl.SIOCGIFDSTADDR, IoControl.SIOCGIFMTU, IoControl.SIOCGIFTXQLEN,
        IoControl.SIOCGIFHWADDR, IoControl.SIOCGIFMETRIC, IoControl.SIOCGIFINDEX, IoControl.SIOCGIFMAP, IoControl.SIOCGIFCONF,
    ];

    private static readonly byte[][] s_addresses =
        [[127, 0, 0, 1], [127, 0, 0, 2], [10, 0, 0, 1], [10, 0, 0, 2], [192, 0, 2, 1], [0, 0, 0, 0], [224, 0, 0, 1], [255, 255, 255, 255], [10, 255, 255, 255]];

    private static readonly byte[][] s_masks = [[255, 0, 0, 0], [255, 255, 255, 0], [255, 255, 255, 255], [0, 0, 0, 0], [255, 0, 255, 0], [255, 255, 255, 252]];

    private static readonly byte[][] s_addresses6 =
        [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], new byte[16]];

    /// <summary>Whether a request changes what all sockets of the host share.</summary>
    public static bool Changes(uint request) => s_changes.Contains(request);

    /// <summary>A change, and what can be read of it.</summary>
    public IEnumerable<IoctlCall> Change(int slot, FuzzKind kind)
    {
        uint request = dice.Of(s_changes);
        bool isOf6 = kind.Family == AddressFamily.Inet6 && request is IoControl.SIOCSIFADDR or IoControl.SIOCDIFADDR or IoControl.SIOCSIFDSTADDR;
        yield return new IoctlCall(slot, request, isOf6 ? Address6() : Interface(request));
        for (int count = dice.Of(1, 2, 3); count > 0; count--) yield return Question(slot);
    }

    private IoctlCall Question(int slot)
    {
        uint request = dice.Of(s_questions);
        byte[] argument = new byte[request == IoControl.SIOCGIFCONF ? 4 * RequestLength : RequestLength];
        if (request != IoControl.SIOCGIFCONF) Name().CopyTo(argument, 0);
        return new IoctlCall(slot, request, argument);
    }

    private byte[] Name() => dice.Percent(75) ? [.. "lo"u8] : dice.Of<byte[]>([.. "lo:1"u8], [.. "lo:1"u8], [.. "lo:x"u8], [], [.. "nope"u8], [.. "lo "u8]);

    /// <summary>struct ifreq.</summary>
    private byte[] Interface(uint request)
    {
        byte[] argument = new byte[RequestLength];
        Name().CopyTo(argument, 0);
        Span<byte> value = argument.AsSpan(NameLength);
        switch (request)
        {
            case IoControl.SIOCSIFADDR or IoControl.SIOCSIFNETMASK or IoControl.SIOCSIFBRDADDR or IoControl.SIOCSIFDSTADDR:
                BinaryPrimitives.WriteUInt16LittleEndian(value, (ushort)(dice.Percent(90) ? (int)AddressFamily.Inet : dice.Of(0, 1, 10)));
                dice.Of(request == IoControl.SIOCSIFNETMASK && dice.Percent(85) ? s_masks : s_addresses).CopyTo(value[4..]);
                break;
            case IoControl.SIOCSIFFLAGS:
                // Up, down, and what an administrator may set beside it.
                BinaryPrimitives.WriteUInt16LittleEndian(value, (ushort)(dice.Percent(80) ? dice.Of(0, 1, 1, 0x41, 0x49, 0x149, 0x249, 0x1049, 0x89) : dice.Number()));
                break;
            case IoControl.SIOCSIFNAME:
                // A name that it has, or that nothing can have.
                dice.Of<byte[]>([.. "lo"u8], [], [.. "."u8], [.. ".."u8], [.. "a/b"u8], [.. "a b"u8], [.. "lo:1"u8]).CopyTo(value);
                break;
            case IoControl.SIOCSIFMTU:
                BinaryPrimitives.WriteInt32LittleEndian(value, dice.Of(0, 1, 67, 68, 1279, 1280, 1500, 65535, 65536, 65537, -1, int.MaxValue));
                break;
            default:
                BinaryPrimitives.WriteInt32LittleEndian(value, dice.Of(0, 1, 100, 772, 1000, -1, int.MaxValue));
                break;
        }
        return argument;
    }

    /// <summary>struct in6_ifreq, in the room of the other one.</summary>
    private byte[] Address6()
    {
        byte[] argument = new byte[RequestLength];
        dice.Of(s_addresses6).CopyTo(argument, 0);
        BinaryPrimitives.WriteInt32LittleEndian(argument.AsSpan(16), dice.Of(128, 128, 64, 0, 129, -1));
        BinaryPrimitives.WriteInt32LittleEndian(argument.AsSpan(20), dice.Of(1, 1, 1, 0, 7, -1));
        return argument;
    }
}
