namespace Slipway.Linux;

/// <summary>How a file is opened (open(2)); the numbers are Linux's on x86-64 and arm64.</summary>
[Flags]
public enum OpenFlags
{
    /// <summary>For reading only.</summary>
    O_RDONLY = 0,

    /// <summary>For writing only.</summary>
    O_WRONLY = 1,

    /// <summary>For both.</summary>
    O_RDWR = 2,

    /// <summary>Make the file if it is absent.</summary>
    O_CREAT = 0x40,

    /// <summary>With <see cref="O_CREAT"/>: fail with EEXIST if it is there.</summary>
    O_EXCL = 0x80,

    /// <summary>Empty the file.</summary>
    O_TRUNC = 0x200,

    /// <summary>Every write goes to the end.</summary>
    O_APPEND = 0x400,

    /// <summary>Neither the opening nor reads and writes wait.</summary>
    O_NONBLOCK = 0x800,

    /// <summary>Closed when the process executes another program.</summary>
    O_CLOEXEC = 0x80000,
}
