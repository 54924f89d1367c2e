using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>What one recvmsg on a local socket gave.</summary>
public sealed record UnixReceipt
{
    /// <summary>The errno; none where it succeeded.</summary>
    public Errno Error { get; set; }

    /// <summary>The data as text.</summary>
    public string Text { get; set; } = "";

    /// <summary>What the call returned.</summary>
    public int Length { get; set; }

    /// <summary>msg_flags.</summary>
    public MessageFlags Flags { get; set; }

    /// <summary>The sender's name.</summary>
    public UnixAddress From { get; set; }

    /// <summary>SCM_RIGHTS.</summary>
    public IReadOnlyList<int> Descriptors { get; set; } = [];

    /// <summary>SCM_CREDENTIALS.</summary>
    public PeerCredentials? Credentials { get; set; }

    /// <summary>SCM_INQ.</summary>
    public int? Left { get; set; }
}
