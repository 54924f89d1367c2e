using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>
/// The one piece of machine code in the library: it makes a child by the first call of a list (clone(2) as vfork(2) does it), who makes the others until one fails or a program runs.
/// </summary>
/// <remarks>
/// <para>Between fork and exec nothing of the runtime may run, and the C library's posix_spawn(3) has no step for ids, the root directory, limits, the nice value, the umask
/// and the controlling terminal. These steps are nothing but system calls, so the code knows none of them: it is a loop of twenty instructions, and what it does stands in the list.</para>
/// <para>The child shares our memory and we wait until it has executed its program or ended, so results can be read from the list. It uses no stack, no thread-local storage and no
/// library. Every signal must be blocked meanwhile: a handler of this process would run in the child.</para>
/// </remarks>
internal static unsafe class ChildCode
{
    // nint run(ChildStep* steps), as an assembler gives it; the listings are in docs/decisions/0010.
    private static ReadOnlySpan<byte> ForX64 =>
    [
        0x49, 0x89, 0xF9, 0x49, 0x8B, 0x01, 0x49, 0x8B, 0x79, 0x08, 0x49, 0x8B, 0x71, 0x10, 0x49, 0x8B, 0x51, 0x18, 0x4D, 0x8B, 0x51, 0x20, 0x4D, 0x8B, 0x41, 0x28, 0x0F, 0x05,
        0x48, 0x85, 0xC0, 0x74, 0x3B, 0xC3, 0x49, 0x8B, 0x01, 0x49, 0x8B, 0x79, 0x08, 0x49, 0x8B, 0x71, 0x10, 0x49, 0x8B, 0x51, 0x18, 0x4D, 0x8B, 0x51, 0x20, 0x4D, 0x8B, 0x41,
        0x28, 0x0F, 0x05, 0x49, 0x89, 0x41, 0x30, 0x48, 0xF7, 0xD8, 0x48, 0x3D, 0xFF, 0x0F, 0x00, 0x00, 0x77, 0x18, 0x48, 0x85, 0xC0, 0x74, 0x0D, 0x48, 0x83, 0xF8, 0x40, 0x73,
        0x15, 0x49, 0x0F, 0xA3, 0x41, 0x38, 0x73, 0x0E, 0x49, 0x83, 0xC1, 0x40, 0xEB, 0xC0, 0x49, 0x0F, 0xBA, 0x61, 0x38, 0x00, 0x73, 0xF2, 0xBF, 0x7F, 0x00, 0x00, 0x00, 0xB8,
        0xE7, 0x00, 0x00, 0x00, 0x0F, 0x05,
    ];

    private static ReadOnlySpan<byte> ForArm64 =>
    [
        0xE9, 0x03, 0x00, 0xAA, 0x28, 0x01, 0x40, 0xA9, 0x21, 0x09, 0x41, 0xA9, 0x23, 0x11, 0x42, 0xA9, 0x01, 0x00, 0x00, 0xD4, 0x00, 0x02, 0x00, 0xB4, 0xC0, 0x03, 0x5F, 0xD6,
        0x28, 0x01, 0x40, 0xA9, 0x21, 0x09, 0x41, 0xA9, 0x23, 0x11, 0x42, 0xA9, 0x01, 0x00, 0x00, 0xD4, 0x20, 0x19, 0x00, 0xF9, 0xE0, 0x03, 0x00, 0xCB, 0x00, 0x01, 0x00, 0xB4,
        0x2B, 0x1D, 0x40, 0xF9, 0x1F, 0xFC, 0x3F, 0xF1, 0xE8, 0x00, 0x00, 0x54, 0x1F, 0x00, 0x01, 0xF1, 0xC2, 0x00, 0x00, 0x54, 0x6B, 0x25, 0xC0, 0x9A, 0x8B, 0x00, 0x00, 0x36,
        0x29, 0x01, 0x01, 0x91, 0xF1, 0xFF, 0xFF, 0x17, 0xCB, 0xFF, 0x07, 0x36, 0xE0, 0x0F, 0x80, 0xD2, 0xC8, 0x0B, 0x80, 0xD2, 0x01, 0x00, 0x00, 0xD4,
    ];

    private static readonly Lock s_lock = new();
    private static nint s_code;

    /// <summary>Makes the child and returns when its program runs or it has ended, which the results of its steps tell.</summary>
    /// <param name="steps">The list. Its first call makes the child, who goes on with the others; its last must not return, or fail.</param>
    /// <returns>The child's process id, or an error number negated: EAGAIN for the limit of processes, EMFILE for that of descriptors.</returns>
    public static nint Run(ChildStep* steps)
    {
        const int SetMask = 2; // SIG_SETMASK
        var code = (delegate* unmanaged<ChildStep*, nint>)Code();
        ulong all = ulong.MaxValue, before;
        // The call itself: the C library's function leaves its own two signals open.
        _ = Libc.SystemCall(SystemCalls.SignalMask, SetMask, (nint)(&all), (nint)(&before), sizeof(ulong), 0, 0);
        nint child = code(steps);
        _ = Libc.SystemCall(SystemCalls.SignalMask, SetMask, (nint)(&before), 0, sizeof(ulong), 0, 0);
        return child;
    }

    private static nint Code()
    {
        if (Volatile.Read(ref s_code) is var code and not 0) return code;
        lock (s_lock) return s_code != 0 ? s_code : s_code = Map();
    }

    // Written first, executable afterwards, never both.
    private static nint Map()
    {
        const int Read = 1, Write = 2, Execute = 4, PrivateAnonymous = 0x22, Page = 4096;
        ReadOnlySpan<byte> code = SystemCalls.IsArm64 ? ForArm64 : ForX64;
        nint page = Libc.SystemCall(SystemCalls.Map, 0, Page, Read | Write, PrivateAnonymous, -1, 0);
        if (page is -1) throw new LinuxCallException(Libc.LastError, $"mmap({Page})");
        code.CopyTo(new Span<byte>((void*)page, Page));
        if (Libc.SystemCall(SystemCalls.Protect, page, Page, Read | Execute, 0, 0, 0) == 0) return page;
        Errno error = Libc.LastError;
        _ = Libc.SystemCall(SystemCalls.Unmap, page, Page, 0, 0, 0, 0);
        throw new LinuxCallException(error, "mprotect(PROT_READ | PROT_EXEC)");
    }
}
