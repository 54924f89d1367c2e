using System.Runtime.InteropServices;

namespace Slipway.Sockets;

/// <summary>One entry of a poll call: struct pollfd, same layout (8 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PollEntry
{
    /// <summary>The descriptor; a negative one is passed over and reports nothing.</summary>
    public int Descriptor;

    /// <summary>What is waited for. POLLERR, POLLHUP and POLLNVAL need not be asked for.</summary>
    public PollEvents Events;

    /// <summary>What is there, written by the call.</summary>
    public PollEvents Returned;

    /// <summary>An entry that waits for <paramref name="events"/> on <paramref name="descriptor"/>.</summary>
    public PollEntry(int descriptor, PollEvents events)
    {
        Descriptor = descriptor;
        Events = events;
        Returned = PollEvents.None;
    }
}
