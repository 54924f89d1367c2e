using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Chooses ioctls and fcntls that harm nobody: owners that are nobody, and no request that looks for a module.</summary>
internal sealed class ControlDice(FuzzDice dice)
{
    private const int Nobody = 0x3FFF_FFFF;

    private static readonly uint[] s_requests =
    [
        IoControl.FIONREAD, IoControl.FIONREAD, IoControl.SIOCOUTQ, IoControl.FIONBIO, IoControl.FIONCLEX, IoControl.FIOCLEX, IoControl.FIOASYNC, IoControl.FIOSETOWN, IoControl.SIOCSPGRP,
        IoControl.FIOGETOWN, IoControl.SIOCGPGRP, IoControl.SIOCATMARK, IoControl.SIOCATMARK, IoControl.SIOCOUTQNSD, IoControl.SIOCGSTAMP, IoControl.SIOCGSTAMPNS, IoControl.SIOCGIFNAME, IoControl.SIOCGIFCONF,
        IoControl.SIOCGIFFLAGS, IoControl.SIOCGIFADDR, IoControl.SIOCGIFBRDADDR, IoControl.SIOCGIFNETMASK, IoControl.SIOCGIFMTU, IoControl.SIOCGIFHWADDR, IoControl.SIOCGIFINDEX,
        // of terminals, files and nothing
        0x5401, 0x5413, 0x5414, 0x540F, 0x5460, 0x0001, 0x0002, 0x1234, 0xC0FE, 0x8900, 0x12345678, 0x7FFF_FFFF, 0xFFFF_FFFF, 0,
        // of drivers
        0x89F0, 0x89FF,
        IoControl.SIOCUNIXFILE,
    ];

    private static readonly int[] s_commands =
    [
        FileControl.F_GETFD, FileControl.F_SETFD, FileControl.F_GETFL, FileControl.F_SETFL, FileControl.F_SETFL, FileControl.F_GETOWN, FileControl.F_SETOWN, FileControl.F_GETSIG, FileControl.F_SETSIG,
        FileControl.F_DUPFD, FileControl.F_DUPFD_CLOEXEC, 12, 13, 14, 18, 100, 1023, 1024, 1025, 1026, 1029, 1031, 1032, 1033, 1034, 1039, 1040, 5000, -1, int.MinValue,
    ];

    public IoctlCall Ioctl(int slot, FuzzKind kind)
    {
        uint request = dice.Of(s_requests);
        // Sockets of the internet have a request of multicast routers by this number, if the kernel was built with them.
        if (request == IoControl.SIOCUNIXFILE && kind.Family != AddressFamily.Unix) request = IoControl.FIONREAD;
        // Requests whose structure nobody knows get all that there could be of it.
        byte[] argument = new byte[dice.Percent(80) || request is IoControl.SIOCOUTQNSD or < 0x5000 or > 0x8950 ? 40 : dice.Of(0, 1, 3, 4, 8, 16, 39, 40, 64)];
        bool isOwner = request is IoControl.FIOSETOWN or IoControl.SIOCSPGRP;
        if (isOwner) Write(argument, Owner());
        else if (dice.Percent(60)) "lo"u8[..Math.Min(2, argument.Length)].CopyTo(argument);
        else Write(argument, dice.Of(0, 1, 2, -1, int.MaxValue));
        return new IoctlCall(slot, request, argument);
    }

    public FuzzCall Fcntl(int slot)
    {
        if (dice.Percent(15))
        {
            byte[] owner = new byte[dice.Of(0, 4, 7, 8, 8, 8, 12)];
            Write(owner, dice.Of(0, 1, 2, 3, -1));
            if (owner.Length >= 8) Write(owner.AsSpan(4), Owner());
            return new FcntlStructureCall(slot, dice.Of(FileControl.F_SETOWN_EX, FileControl.F_GETOWN_EX, FileControl.F_GETFL, 99), owner);
        }
        int command = dice.Of(s_commands);
        int argument = command switch
        {
            FileControl.F_SETOWN => Owner(),
            FileControl.F_DUPFD or FileControl.F_DUPFD_CLOEXEC => dice.Of(0, 3, 200, -1, int.MinValue, int.MaxValue),
            FileControl.F_SETSIG => dice.Of(0, 1, 9, 29, 32, 64, 65, -1, int.MaxValue),
            FileControl.F_SETFL => FileControl.O_NONBLOCK | dice.Of(0, FileControl.O_ASYNC, FileControl.O_APPEND, 0x4000, 0x40000, 2, 0x101000, dice.Number()),
            _ => dice.Number(),
        };
        return new FcntlCall(slot, command, argument);
    }

    // A process that is would be sent signals.
    private int Owner() => dice.Of(0, Nobody, -Nobody, int.MinValue);

    private static void Write(Span<byte> argument, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        bytes[..Math.Min(4, argument.Length)].CopyTo(argument);
    }
}
