using System.Reflection;
using System.Text.RegularExpressions;

namespace Slipway.Sockets.Tests;

/// <summary>docs/api-map.md is true: what it names exists, and it leaves none of the specification's C names out.</summary>
public partial class ApiMapTests
{
    /// <summary>The functions and structures of C that the specification speaks of. One that it does not is no use here and fails the test below.</summary>
    private static readonly string[] CNames =
    [
        "accept", "accept4", "alarm", "bind", "chdir", "close", "connect", "dup", "dup2", "endhostent", "endnetent", "endprotoent", "endservent", "errno", "exit", "fchdir", "fchmod", "fchown",
        "fcntl", "fdatasync", "fork", "freeaddrinfo", "fstat", "fsync", "ftruncate", "gai_strerror", "getaddrinfo", "gethostbyname", "gethostent", "getnameinfo", "getnetbyaddr", "getnetbyname",
        "getnetent", "getpeername", "getprotobyname", "getprotobynumber", "getprotoent", "getservbyname", "getservbyport", "getservent", "getsockname", "getsockopt", "h_errno", "htonl", "htons",
        "inet_aton", "inet_network", "inet_ntop", "inet_pton", "ioctl", "kill", "listen", "lseek", "mmap", "ntohl", "ntohs", "openlog", "poll", "popen", "pread", "pwrite", "read", "readv", "recv",
        "recvfrom", "recvmsg", "select", "send", "sendfile", "sendmsg", "sendto", "sethostent", "setnetent", "setprotoent", "setservent", "setsid", "setsockopt", "shutdown", "signal", "sockatmark",
        "socket", "socketpair", "strtoul", "sysctl", "syslog", "umask", "write", "writev",
        "sockaddr", "sockaddr_in", "sockaddr_in6", "sockaddr_storage", "sockaddr_un", "in_addr", "addrinfo", "hostent", "netent", "servent", "linger", "timeval", "timespec", "cmsghdr", "msghdr", "iovec",
        "ip_mreq", "ip_mreqn", "ipv6_mreq", "icmp6_filter", "ip6_mtuinfo", "sock_fprog", "sock_extended_err", "ucred", "ifreq", "rtentry", "sa_family_t", "socklen_t", "INET_ADDRSTRLEN", "INET6_ADDRSTRLEN",
    ];

    [Fact]
    public void Every_name_in_the_right_column_exists()
    {
        string[] names = [.. Rows().SelectMany(static row => Quoted().Matches(row.CSharp).Select(static match => match.Groups["name"].Value)).Distinct()];
        names.Length.ShouldBeGreaterThan(120);
        names.Where(static name => !Exists(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_row_names_something_or_says_why_not() =>
        Rows().Where(static row => !Quoted().IsMatch(row.CSharp) && (row.CSharp != "-" || row.Note.Length == 0)).Select(static row => row.C).ShouldBeEmpty();

    [Fact]
    public void Every_C_name_of_the_specification_is_on_the_page()
    {
        HashSet<string> specification = Words(Resources.Text("spec-sockets") + Resources.Text("spec-options"));
        CNames.Where(name => !specification.Contains(name)).ShouldBeEmpty("not in the specification");
        HashSet<string> mapped = Words(string.Join(' ', Rows().Select(static row => row.C)));
        CNames.Where(name => !mapped.Contains(name)).ShouldBeEmpty("not on the page");
    }

    private static IEnumerable<(string C, string CSharp, string Note)> Rows() =>
        Resources.Text("api-map").Split('\n').Where(static line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| C |", StringComparison.Ordinal))
            .Select(static line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)).Select(static cells => (cells[0], cells[1], cells[2]));

    private static HashSet<string> Words(string text) => Word().Matches(text).Select(static match => match.Value).ToHashSet(StringComparer.Ordinal);

    private static bool Exists(string name)
    {
        string[] parts = name.Split('.');
        Type? type = typeof(SocketSystem).Assembly.GetExportedTypes().SingleOrDefault(candidate => candidate.Name.Split('`')[0] == parts[0]);
        const BindingFlags Any = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;
        return type is not null && (parts.Length == 1 || type.GetMember(parts[1], Any).Length > 0);
    }

    [GeneratedRegex("`(?<name>[A-Za-z0-9.]+)`", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();

    [GeneratedRegex("[A-Za-z_0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
