using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Files of a host that a scenario writes down itself, so that names mean the same on every system.</summary>
public sealed class ScenarioFiles : HostFiles
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>The files that the rows of section NAME were checked with.</summary>
    public static ScenarioFiles Usual() => new ScenarioFiles()
        .With("/etc/hosts", """
            127.0.0.1 localhost
            ::1 localhost ip6-localhost
            10.1.1.1 alpha.example.test alpha a1
            10.1.1.2 alpha.example.test
            fd00:1::5 alpha.example.test v6only
            10.1.1.9 v4only # comment
            127.0.1.1 me.example.test me
            bad line here
            """)
        .With("/etc/services", """
            # comment
            http 80/tcp www
            ruptime 4000/tcp rup
            ruptime 4000/udp
            onlytcp 4001/tcp
            onlyudp 4002/udp
            bad
            """)
        .With("/etc/protocols", "ip 0 IP\ntcp 6 TCP\nudp 17 UDP\nbad\n")
        .With("/etc/networks", "loopback 127.0.0.0\ntestnet 10.7 tn\nbignet 10.1.2.3\n")
        .With("/etc/nsswitch.conf", "hosts: files\n");

    /// <summary>Writes a file.</summary>
    public ScenarioFiles With(string path, string text)
    {
        _texts[path] = text;
        return this;
    }

    /// <inheritdoc/>
    public override string? ReadText(string path) => _texts.GetValueOrDefault(path);

    /// <summary>The resolver of a host with these files.</summary>
    public NameService On(HostProcess host, string hostName = "me")
    {
        ArgumentNullException.ThrowIfNull(host);
        return new NameService(host.Sockets, this, hostName, host.Time, host.NextRandom);
    }
}
