namespace Slipway.Stack;

/// <summary>Open files on their way from one process to another (SCM_RIGHTS). Each is held open until it arrives or is dropped.</summary>
internal sealed class UnixRights(OpenFile[] files, int userId)
{
    /// <summary>SCM_MAX_FD: most descriptors in one message.</summary>
    public const int Most = 253;

    public OpenFile[] Files { get; } = files;

    /// <summary>Whose descriptors in flight they count among.</summary>
    public int UserId { get; } = userId;

    /// <summary>In whose queue they wait.</summary>
    public UnixSocket? Holder { get; set; }
}
