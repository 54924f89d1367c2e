namespace Slipway.Linux;

/// <summary>
/// Whether debuggers may attach to this process and its files in /proc are its user's (prctl(2), PR_SET_DUMPABLE). The kernel takes that away when a thread, or a child of vfork's kind
/// that shares our memory, changes its ids; here it is given back.
/// </summary>
internal static class Dumpable
{
    private const int GetDumpable = 3, SetDumpable = 4; // PR_GET_DUMPABLE, PR_SET_DUMPABLE

    private static readonly Lock s_lock = new();
    private static int s_changing;
    private static bool s_was;

    public static bool Now => Libc.SystemCall(SystemCalls.ProcessControl, GetDumpable, 0, 0, 0, 0, 0) == 1;

    /// <summary>Ids are going to change. Of several changes at once the state before the first counts.</summary>
    public static void BeginChange()
    {
        lock (s_lock)
            if (s_changing++ == 0) s_was = Now;
    }

    /// <summary>They have changed.</summary>
    public static void EndChange()
    {
        lock (s_lock)
        {
            s_changing--;
            if (s_was) _ = Libc.SystemCall(SystemCalls.ProcessControl, SetDumpable, 1, 0, 0, 0, 0);
        }
    }
}
