using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>Process descriptors of the kernel through the calls that virtual hosts have too.</summary>
public class ProcessDescriptorTests
{
    private static readonly LinuxSystem s_system = LinuxSystem.Current;

    [Fact]
    public void A_child_is_signalled_polled_and_waited_for_by_its_descriptor()
    {
        using SpawnedProcess child = new ProcessCommand("sleep", "1000").Start();
        int descriptor = s_system.OpenProcess(child.Id, FileControl.O_NONBLOCK).Value;
        PollEntry[] entries = [new PollEntry(descriptor, PollEvents.POLLIN)];
        s_system.WaitProcess(descriptor).Error.ShouldBe(Errno.EAGAIN);
        s_system.Poll(entries, 0).Value.ShouldBe(0);
        s_system.SignalProcess(descriptor, Signal.SIGKILL).ShouldBe(Errno.None);
        s_system.Poll(entries, -1).Value.ShouldBe(1);
        s_system.WaitProcess(descriptor).Value.ShouldBe(128 + (int)Signal.SIGKILL);
        s_system.WaitProcess(descriptor).Error.ShouldBe(Errno.ECHILD);
        s_system.SignalProcess(descriptor, Signal.None).ShouldBe(Errno.ESRCH);
        s_system.Close(descriptor).ShouldBe(Errno.None);
    }
}
