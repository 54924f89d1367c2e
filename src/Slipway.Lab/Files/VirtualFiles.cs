using Slipway.Sockets;

namespace Slipway.Lab;

/// <summary>
/// The files of a virtual host. It has those that a fresh Linux machine has and that names are looked up in: <c>/etc/hosts</c>, <c>/etc/services</c>, <c>/etc/protocols</c>,
/// <c>/etc/networks</c>, <c>/etc/resolv.conf</c>, <c>/etc/hostname</c>.
/// </summary>
/// <remarks>
/// The names of the network's hosts resolve by themselves: they stand in <c>/etc/hosts</c>, behind what was set there, so a line of one's own goes first.
/// </remarks>
public sealed class VirtualFiles : HostFiles
{
    private readonly Host _host;
    private readonly SortedDictionary<string, string?> _files = new(StringComparer.Ordinal);

    internal VirtualFiles(Host host) => _host = host;

    /// <summary>The text of a file, without the names that the lab adds; set it to make or replace the file, or to null to remove it.</summary>
    /// <param name="path">An absolute path.</param>
    /// <exception cref="ArgumentException">The path is not absolute.</exception>
    public string? this[string path]
    {
        get => _files.TryGetValue(Checked(path), out string? text) ? text : BuiltInFiles.Find(path, _host);
        set => _files[Checked(path)] = value;
    }

    /// <summary>Where files go that the host's programs make: gets the path and gives the file, or null to refuse. Null, as at first, where programs cannot make files.</summary>
    public Func<string, Stream?>? Creator { get; set; }

    /// <inheritdoc/>
    public override Stream? Create(string path) => Creator?.Invoke(path);

    /// <inheritdoc/>
    public override string? ReadText(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!path.StartsWith('/')) return null;
        string? text = this[path] ?? SystemFiles.Read(path, _host);
        return path == BuiltInFiles.HostsPath ? BuiltInFiles.WithLabNames(text, _host.Network) : text;
    }

    /// <inheritdoc/>
    public override bool WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(text);
        // What is below /proc may be there to be written alone, as a secret is at first.
        if (SystemFiles.IsBelow(path)) return SystemFiles.Write(path, text, _host);
        if (ReadText(path) is null) return false;
        this[path] = text;
        return true;
    }

    internal bool HasOwn(string path) => _files.TryGetValue(path, out string? text) && text is not null;

    private static string Checked(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return path.StartsWith('/') ? path : throw new ArgumentException($"'{path}' is not an absolute path.", nameof(path));
    }
}
