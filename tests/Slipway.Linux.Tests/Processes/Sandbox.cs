using System.Runtime.InteropServices;

namespace Slipway.Linux.Tests.Processes;

/// <summary>Takes a system call from this process for good, as sandboxes do (seccomp(2)).</summary>
internal static partial class Sandbox
{
    private const int NoNewPrivileges = 38, SetFilter = 1; // PR_SET_NO_NEW_PRIVS, SECCOMP_SET_MODE_FILTER
    private const int AllThreads = 1; // SECCOMP_FILTER_FLAG_TSYNC
    private const uint FailsWith = 0x0005_0000, Allows = 0x7FFF_0000; // SECCOMP_RET_ERRNO, SECCOMP_RET_ALLOW

    /// <summary>From now on the call fails with this error on every thread.</summary>
    public static unsafe void Refuse(int call, int error)
    {
        const ushort Load = 0x20, JumpIfEqual = 0x15, Return = 0x06; // the number of the call is at the beginning of what a filter sees
        int seccomp = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 277 : 317;
        Instruction* program = stackalloc Instruction[]
        {
            new() { Code = Load }, new() { Code = JumpIfEqual, Otherwise = 1, Value = (uint)call }, new() { Code = Return, Value = FailsWith | (uint)error }, new() { Code = Return, Value = Allows },
        };
        nint* filter = stackalloc nint[2] { 4, (nint)program };
        ProcessControl(NoNewPrivileges, 1, 0, 0, 0).ShouldBe(0);
        Call(seccomp, SetFilter, AllThreads, (nint)filter, 0, 0, 0).ShouldBe(0);
    }

    /// <summary>Makes a call without arguments.</summary>
    /// <returns>The error number.</returns>
    public static int ErrorOf(int call) => Call(call, 0, 0, 0, 0, 0, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint first, nint second, nint third, nint fourth, nint fifth, nint sixth);

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Instruction
    {
        public ushort Code;
        public byte Then, Otherwise;
        public uint Value;
    }
}
