using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>Numbers of system calls that are made without the C library: by a child before its program runs, or because the library has no function (syscalls(2)).</summary>
internal static class SystemCalls
{
    public static readonly bool IsArm64 = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => false,
        Architecture.Arm64 => true,
        var other => throw new PlatformNotSupportedException($"system call numbers of {other} are not known here"),
    };

    public static readonly nint
        Map = Number(9, 222), Protect = Number(10, 226), Unmap = Number(11, 215), SignalAction = Number(13, 134), SignalMask = Number(14, 135), Control = Number(16, 29),
        Clone = Number(56, 220), Execute = Number(59, 221), FileControl = Number(72, 25), ChangeDirectory = Number(81, 50), FileMask = Number(95, 166), SetGroup = Number(109, 154),
        NewSession = Number(112, 157), SetSupplementary = Number(116, 159), SetUsers = Number(117, 147), SetGroups = Number(119, 149), SetPriority = Number(141, 140),
        Usage = Number(98, 165), GetInterval = Number(36, 102), SetInterval = Number(38, 103), TimerCreate = Number(222, 107), TimerSet = Number(223, 110), TimerGet = Number(224, 108),
        TimerDelete = Number(226, 111), TimerDescriptor = Number(283, 85), TimerDescriptorSet = Number(286, 86), TimerDescriptorGet = Number(287, 87),
        ProcessControl = Number(157, 167), ChangeRoot = Number(161, 51), Duplicate = Number(292, 24), Limit = Number(302, 261),
        Bpf = Number(321, 280);

    // The same on every architecture from here on.
    public const int PidFdSendSignal = 424, PidFdOpen = 434, Clone3 = 435, CloseRange = 436, OpenAt2 = 437;

    private static nint Number(int x64, int arm64) => IsArm64 ? arm64 : x64;
}
