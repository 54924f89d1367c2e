using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A pair of descriptors that is a terminal for programs at one end and a keyboard and screen at the other (pty(7)).</summary>
public sealed unsafe class PseudoTerminal : IDisposable
{
    private const int OpenPeer = 0x5441, NumberOf = unchecked((int)0x8004_5430), Lock = 0x4004_5431; // TIOCGPTPEER, TIOCGPTN, TIOCSPTLCK
    private const int SetForeground = 0x5410, GetForeground = 0x540F, GetSession = 0x5429; // TIOCSPGRP, TIOCGPGRP, TIOCGSID
    private const int NotControlling = 0x100; // O_NOCTTY

    private PseudoTerminal(FileDescriptor keyboard, FileDescriptor line, string path)
    {
        Keyboard = keyboard;
        Line = line;
        Path = path;
    }

    /// <summary>The end of the person: what is written here has been typed, 3 being Ctrl-C; what is read here is shown. Its close is the hang-up.</summary>
    public FileDescriptor Keyboard { get; }

    /// <summary>The end of the programs: their terminal, for <see cref="ChildDescriptor.Copy(FileDescriptor, int)"/>.</summary>
    public FileDescriptor Line { get; }

    /// <summary>The terminal's name: /dev/pts/3.</summary>
    public string Path { get; }

    /// <summary>The group that Ctrl-C and its like reach (tcgetpgrp(3), tcsetpgrp(3)), as only a process of the terminal's own session may set it.</summary>
    /// <exception cref="LinuxCallException">ENOTTY: not the caller's terminal; EPERM: a group of another session.</exception>
    public int ForegroundGroup
    {
        get => Get(Keyboard, GetForeground, "tcgetpgrp");
        set
        {
            // In the background this is output, which SIGTTOU stops unless it is blocked (tcsetpgrp(3)).
            SignalMask only = default, before;
            only.Add((int)Signal.SIGTTOU);
            _ = Libc.SignalMaskOfThread(0, &only, &before); // SIG_BLOCK
            Errno error = Libc.Status(Libc.Ioctl(Line.Number, SetForeground, &value));
            _ = Libc.SignalMaskOfThread(2, &before, null); // SIG_SETMASK
            if (error != Errno.None) throw new LinuxCallException(error, $"tcsetpgrp({value})");
        }
    }

    /// <summary>The session that the terminal controls (tcgetsid(3)).</summary>
    /// <exception cref="LinuxCallException">ENOTTY: it controls none.</exception>
    public int Session => Get(Keyboard, GetSession, "tcgetsid");

    /// <summary>Makes a terminal. It controls no session yet, not even this process's.</summary>
    /// <exception cref="LinuxCallException">ENOENT: no /dev/ptmx; ENOSPC: no more terminals; EMFILE.</exception>
    public static PseudoTerminal Open()
    {
        var keyboard = FileDescriptor.Open("/dev/ptmx", OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC | (OpenFlags)NotControlling);
        try
        {
            int unlocked = 0;
            if (Libc.Ioctl(keyboard.Number, Lock, &unlocked) < 0) throw new LinuxCallException(Libc.LastError, "unlockpt()");
            string path = string.Create(CultureInfo.InvariantCulture, $"/dev/pts/{Get(keyboard, unchecked((uint)NumberOf), "ptsname")}");
            int line = Libc.Ioctl(keyboard.Number, OpenPeer, (void*)((int)(OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC) | NotControlling));
            return line >= 0 ? new PseudoTerminal(keyboard, FileDescriptor.Adopt(line), path) : throw new LinuxCallException(Libc.LastError, "ioctl(TIOCGPTPEER)");
        }
        catch
        {
            keyboard.Dispose();
            throw;
        }
    }

    /// <summary>Closes both ends: the foreground group of the terminal's session gets SIGHUP when nobody else has the keyboard's end.</summary>
    public void Dispose()
    {
        Line.Dispose();
        Keyboard.Dispose();
    }

    private static int Get(FileDescriptor descriptor, nuint request, string call)
    {
        int value;
        return Libc.Ioctl(descriptor.Number, request, &value) == 0 ? value : throw new LinuxCallException(Libc.LastError, $"{call}()");
    }
}
