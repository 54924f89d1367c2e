using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>One value of a host's sysctl tree: what a file under /proc/sys/net is to a real machine (proc_sys_net(5)).</summary>
public abstract class SysctlEntry
{
    /// <summary>Describes an entry.</summary>
    /// <param name="path">As <c>net/ipv4/ip_forward</c>.</param>
    /// <param name="meaning">What it does, in a line.</param>
    protected SysctlEntry(string path, string meaning)
    {
        Path = path;
        Meaning = meaning;
    }

    /// <summary>The value was set, perhaps to what it was. Called by whoever set it; it owns the loop.</summary>
    public event Action<SysctlEntry>? Changed;

    /// <summary>The path with slashes, as <c>net/ipv4/ip_forward</c>.</summary>
    public string Path { get; }

    /// <summary>What it does, in a line, with its unit.</summary>
    public string Meaning { get; }

    /// <summary>Set at least once: a new default does not reach it any more.</summary>
    public bool WasSet { get; private set; }

    /// <summary>The value as /proc prints it, without the newline.</summary>
    public abstract string Text { get; }

    /// <summary>The value it has in a new host, as /proc prints it.</summary>
    public abstract string DefaultText { get; }

    /// <summary>What is allowed, in words.</summary>
    public abstract string Range { get; }

    /// <summary>What reading fails with now.</summary>
    public virtual Errno ReadError => Errno.None;

    /// <summary>Sets the value from text, as a write to the file does. An empty text changes nothing, as an empty write.</summary>
    /// <returns>EINVAL: not a value of this type, or out of range.</returns>
    public Errno Set(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return Errno.None;
        Errno error = Parse(text);
        if (error == Errno.None) OnSet();
        return error;
    }

    /// <summary>Sets the value from text.</summary>
    protected abstract Errno Parse(ReadOnlySpan<char> text);

    /// <summary>Notes that the value was set, and tells those who listen.</summary>
    protected void OnSet()
    {
        WasSet = true;
        Changed?.Invoke(this);
    }
}
