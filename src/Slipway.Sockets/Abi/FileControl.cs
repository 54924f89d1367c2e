namespace Slipway.Sockets;

/// <summary>Commands of fcntl(2), x86-64 numbers.</summary>
public static class FileControl
{
    /// <summary>Duplicate onto the lowest free number not below the argument.</summary>
    public const int F_DUPFD = 0;

    /// <summary>Read the descriptor flags.</summary>
    public const int F_GETFD = 1;

    /// <summary>Set the descriptor flags.</summary>
    public const int F_SETFD = 2;

    /// <summary>Read access mode and status flags.</summary>
    public const int F_GETFL = 3;

    /// <summary>Set the status flags O_APPEND, O_ASYNC, O_NONBLOCK (and O_DIRECT, O_NOATIME).</summary>
    public const int F_SETFL = 4;

    /// <summary>Set who gets SIGIO and SIGURG: a process (positive) or a group (negative); 0 nobody.</summary>
    public const int F_SETOWN = 8;

    /// <summary>Read who gets SIGIO and SIGURG.</summary>
    public const int F_GETOWN = 9;

    /// <summary>Choose the signal that replaces SIGIO; 0 for SIGIO without descriptor and band.</summary>
    public const int F_SETSIG = 10;

    /// <summary>Read what F_SETSIG set.</summary>
    public const int F_GETSIG = 11;

    /// <summary>F_SETOWN with a typed owner (struct f_owner_ex: int type, int pid).</summary>
    public const int F_SETOWN_EX = 15;

    /// <summary>F_GETOWN with a typed owner.</summary>
    public const int F_GETOWN_EX = 16;

    /// <summary>As F_DUPFD, and set FD_CLOEXEC on the new descriptor.</summary>
    public const int F_DUPFD_CLOEXEC = 1030;

    /// <summary>The descriptor is closed by exec.</summary>
    public const int FD_CLOEXEC = 1;

    /// <summary>Access mode of every socket.</summary>
    public const int O_RDWR = 0x2;

    /// <summary>Append (stored, without effect on sockets).</summary>
    public const int O_APPEND = 0x400;

    /// <summary>Calls do not wait.</summary>
    public const int O_NONBLOCK = 0x800;

    /// <summary>Signals are sent when I/O becomes possible.</summary>
    public const int O_ASYNC = 0x2000;

    /// <summary>Close on exec, for dup3.</summary>
    public const int O_CLOEXEC = 0x80000;

    /// <summary>f_owner_ex type: a thread.</summary>
    public const int F_OWNER_TID = 0;

    /// <summary>f_owner_ex type: a process.</summary>
    public const int F_OWNER_PID = 1;

    /// <summary>f_owner_ex type: a process group.</summary>
    public const int F_OWNER_PGRP = 2;
}
