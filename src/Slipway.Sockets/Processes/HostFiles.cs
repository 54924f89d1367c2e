namespace Slipway.Sockets;

/// <summary>The files of a host that programs and look-ups read: /etc/hosts, /etc/services, /etc/resolv.conf. The machine's own, or those of a virtual host.</summary>
public abstract class HostFiles
{
    /// <summary>The whole text of a file.</summary>
    /// <param name="path">An absolute path, such as <c>/etc/hosts</c>.</param>
    /// <returns>The text, or null if there is no such file or it cannot be read.</returns>
    public abstract string? ReadText(string path);
}
