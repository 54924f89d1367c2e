using System.Diagnostics;

namespace Slipway.Sockets;

/// <summary>
/// Names of hosts, services, protocols and networks: the resolver of one host, over its own files and its own sockets. It reads as glibc does and answers as it does; the
/// functions of <c>netdb.h</c> are its methods. On the machine's kernel it reads the machine's files; in a lab each host has its own.
/// </summary>
/// <remarks>
/// Files are read at every call: a change counts at once. The async twins wait only on the socket system and on the clock given. Safe for use from several threads.
/// </remarks>
public sealed partial class NameService
{
    private readonly SocketSystem _sockets;
    private readonly HostFiles _files;
    private readonly string _hostName;
    private readonly HostLookup _lookup;

    /// <summary>A resolver.</summary>
    /// <param name="sockets">For DNS, for source addresses and for interfaces. Descriptors are open only during a call.</param>
    /// <param name="files">hosts, services, protocols, networks, nsswitch.conf, resolv.conf, host.conf, gai.conf below /etc.</param>
    /// <param name="hostName">gethostname(2): gives the default domain.</param>
    /// <param name="time">Timeouts of DNS.</param>
    /// <param name="random">Identifiers of DNS queries: 32 fresh bits a call. For a host on a real network an attacker must not be able to guess them (RFC 5452).</param>
    public NameService(SocketSystem sockets, HostFiles files, string hostName, TimeProvider time, Func<uint> random)
    {
        ArgumentNullException.ThrowIfNull(sockets);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(hostName);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(random);
        _sockets = sockets;
        _files = files;
        _hostName = hostName;
        Hosts = new HostDatabase(files);
        Services = new ServiceDatabase(files);
        Protocols = new ProtocolDatabase(files);
        Networks = new NetworkDatabase(files);
        _lookup = new HostLookup(files, Hosts, new DnsResolver(sockets, files, hostName, time, random));
    }

    /// <summary>/etc/hosts.</summary>
    public HostDatabase Hosts { get; }

    /// <summary>/etc/services.</summary>
    public ServiceDatabase Services { get; }

    /// <summary>/etc/protocols.</summary>
    public ProtocolDatabase Protocols { get; }

    /// <summary>/etc/networks.</summary>
    public NetworkDatabase Networks { get; }

    // The result of an asynchronous method that was told to block: it never suspends.
    private static T Finished<T>(ValueTask<T> task)
    {
        Debug.Assert(task.IsCompleted, "a blocking look-up has suspended");
        return task.GetAwaiter().GetResult();
    }
}
