namespace Slipway.Sockets;

/// <summary>The files of a host that programs and look-ups read: /etc/hosts, /etc/services, /etc/resolv.conf, the settings below /proc/sys. The machine's own, or those of a virtual host.</summary>
public abstract class HostFiles
{
    /// <summary>The whole text of a file.</summary>
    /// <param name="path">An absolute path, such as <c>/etc/hosts</c>.</param>
    /// <returns>The text, or null if there is no such file or it cannot be read.</returns>
    public abstract string? ReadText(string path);

    /// <summary>Replaces the text of a file that is there: a setting below <c>/proc/sys</c> takes the value that the text names.</summary>
    /// <param name="path">An absolute path, such as <c>/proc/sys/net/ipv4/ping_group_range</c>.</param>
    /// <param name="text">The new text.</param>
    /// <returns>False, and nothing is changed: there is no such file, it cannot be written, or it refuses the value.</returns>
    public virtual bool WriteText(string path, string text) => false;

    /// <summary>Makes a file, or empties one that is there.</summary>
    /// <param name="path">Its path; a relative one begins in the directory that the program runs in.</param>
    /// <returns>The file, to be written and closed; null if it cannot be made, as on hosts that have no place for files of programs.</returns>
    public virtual Stream? Create(string path) => null;
}
