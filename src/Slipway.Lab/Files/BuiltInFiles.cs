using System.Globalization;
using System.Text;

namespace Slipway.Lab;

/// <summary>What a virtual host has in /etc before anybody puts something there.</summary>
internal static class BuiltInFiles
{
    public const string HostsPath = "/etc/hosts";

    // hosts(5), as distributions ship it.
    private const string Hosts = """
        127.0.0.1	localhost
        ::1	localhost ip6-localhost ip6-loopback

        """;

    // services(5): the well-known ones that the classic programs ask for, with the numbers of IANA's registry, and ruptime, which has no registered port.
    private const string Services = """
        tcpmux		1/tcp
        echo		7/tcp
        echo		7/udp
        discard		9/tcp		sink null
        discard		9/udp		sink null
        systat		11/tcp		users
        daytime		13/tcp
        daytime		13/udp
        netstat		15/tcp
        qotd		17/tcp		quote
        chargen		19/tcp		ttytst source
        chargen		19/udp		ttytst source
        ftp-data	20/tcp
        ftp		21/tcp
        ssh		22/tcp
        telnet		23/tcp
        smtp		25/tcp		mail
        time		37/tcp		timserver
        time		37/udp		timserver
        domain		53/tcp
        domain		53/udp
        bootps		67/udp
        bootpc		68/udp
        tftp		69/udp
        gopher		70/tcp
        finger		79/tcp
        http		80/tcp		www
        kerberos	88/tcp
        kerberos	88/udp
        pop3		110/tcp		pop-3
        sunrpc		111/tcp		portmapper
        sunrpc		111/udp		portmapper
        nntp		119/tcp		readnews untp
        ntp		123/udp
        imap2		143/tcp		imap
        snmp		161/tcp
        snmp		161/udp
        bgp		179/tcp
        ldap		389/tcp
        https		443/tcp
        https		443/udp
        syslog		514/udp
        exec		512/tcp
        login		513/tcp
        who		513/udp		whod
        shell		514/tcp		cmd syslog
        printer		515/tcp		spooler
        route		520/udp		router routed
        nfs		2049/tcp
        nfs		2049/udp
        ruptime		4000/tcp
        ruptime		4000/udp
        http-alt	8080/tcp	webcache

        """;

    // protocols(5), with the numbers of IANA's registry.
    private const string Protocols = """
        ip	0	IP
        icmp	1	ICMP
        igmp	2	IGMP
        ipencap	4	IP-ENCAP
        tcp	6	TCP
        udp	17	UDP
        ipv6	41	IPv6
        ipv6-route	43	IPv6-Route
        ipv6-frag	44	IPv6-Frag
        gre	47	GRE
        esp	50	IPSEC-ESP
        ah	51	IPSEC-AH
        ipv6-icmp	58	IPv6-ICMP
        ipv6-nonxt	59	IPv6-NoNxt
        ipv6-opts	60	IPv6-Opts
        ospf	89	OSPFIGP
        sctp	132	SCTP
        udplite	136	UDPLite

        """;

    // networks(5).
    private const string Networks = """
        default		0.0.0.0
        loopback	127.0.0.0
        link-local	169.254.0.0

        """;

    /// <summary>The text of a file; null if a host has no such file of its own accord.</summary>
    public static string? Find(string path, Host host) => path switch
    {
        HostsPath => Hosts,
        "/etc/services" => Services,
        "/etc/protocols" => Protocols,
        "/etc/networks" => Networks,
        "/etc/hostname" => host.Name + "\n",
        "/etc/resolv.conf" => "# no name servers\n",
        // Without a server, asking DNS would only cost time and a less clear error.
        "/etc/nsswitch.conf" => host.Files.HasOwn("/etc/resolv.conf") ? "hosts: files dns\n" : "hosts: files\n",
        _ => null,
    };

    /// <summary>Adds the names of all hosts with their addresses.</summary>
    public static string WithLabNames(string? text, VirtualNetwork network)
    {
        var result = new StringBuilder(text);
        if (result.Length > 0 && result[^1] != '\n') result.Append('\n');
        foreach (Host host in network.Hosts)
            foreach (Wire.IpAddress address in host.OwnAddresses()) result.Append(CultureInfo.InvariantCulture, $"{address}\t{host.Name}\n");
        return result.ToString();
    }
}
