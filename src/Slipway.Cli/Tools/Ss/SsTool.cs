using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>The ss of this house: the sockets of a host over sock_diag, in the columns of ss(8), with numbers for names.</summary>
internal static class SsTool
{
    private const int Raw = 255;

    private const string Usage = """
        Usage: ss [ OPTIONS ] [ state STATE | exclude STATE ]... [ EXPRESSION ]
           -t -u -w -x -0, --netlink
                            TCP, UDP, raw, local, packet and netlink sockets; all if none is named
           -4 -6, -f FAMILY         inet, inet6, unix, link or netlink alone
           -A QUERY[,QUERY]         all, inet, tcp, udp, raw, unix, unix_stream, unix_dgram, unix_seqpacket, netlink,
                            packet, packet_raw, packet_dgram
           -a, -l                   all states; those that listen
           -n                       numbers for names, as always
           -o, -e, -m, -p, -i       timers; owner, number and cookie; memory; processes; what TCP knows
           -b                       filters of packet sockets
           -O, -H                   a line for each socket; no header
           -K                       end the sockets that are found, and show them
        EXPRESSION: src or dst ADDRESS[/LENGTH][:PORT] or unix:PATTERN, sport or dport [OPERATOR] [:]PORT, dev NAME, fwmark MARK[/MASK], autobound; with and, or, not and parentheses
        STATE: established, syn-sent, syn-recv, fin-wait-1, fin-wait-2, time-wait, closed, close-wait, last-ack, listening, closing; all, connected, synchronized, bucket, big
        """;

    public static void Run(HostProcess process)
    {
        try
        {
            Run(process, SsOptions.Parse(process.Arguments));
        }
        catch (Exception failure) when (failure is ToolException or NetlinkException)
        {
            process.Error.WriteLine(failure is ToolException ? failure.Message : $"ss: {failure.Message}");
            process.ExitCode = failure is ToolException own ? own.ExitCode : 1;
        }
    }

    private static void Run(HostProcess process, SsOptions options)
    {
        if (options.WantsHelp)
        {
            process.Out.WriteLine(Usage);
            return;
        }
        using var diagnostics = new SocketDiagnostics(process.Sockets);
        options.ReadExpression((text, isUnix) => new SsFilterParser(text, isUnix, process));
        var writer = new SsRowWriter(options, process.Sockets.GetInterfaces().ToDictionary(static link => link.Index, static link => link.Name), options.TellsUsers ? SsUsers.Of(process) : null);
        var table = new SsTable(options);
        SsKinds kinds = options.Kinds;
        if ((kinds & SsKinds.Netlink) != 0) AddNetlink(table, diagnostics, options, writer);
        if ((kinds & SsKinds.Packet) != 0) AddPacket(table, diagnostics, options, writer);
        if ((kinds & SsKinds.Unix) != 0) AddUnix(table, diagnostics, options, writer);
        if ((kinds & SsKinds.Raw) != 0) AddInet(table, diagnostics, options, writer, (IpProtocol)Raw, "???");
        if ((kinds & SsKinds.Udp) != 0) AddInet(table, diagnostics, options, writer, IpProtocol.Udp, "udp");
        if ((kinds & SsKinds.Tcp) != 0) AddInet(table, diagnostics, options, writer, IpProtocol.Tcp, "tcp");
        table.Print(process.Out);
    }

    private static void AddInet(SsTable table, SocketDiagnostics diagnostics, SsOptions options, SsRowWriter writer, IpProtocol protocol, string kind)
    {
        byte details = 0;
        if (options.TellsInternals) details |= 1 << DiagnosticAttribute.INET_DIAG_INFO - 1 | 1 << DiagnosticAttribute.INET_DIAG_CONG - 1;
        if (options.TellsMemory) details |= 1 << DiagnosticAttribute.INET_DIAG_SKMEMINFO - 1;
        foreach (AddressFamily family in new[] { AddressFamily.Inet, AddressFamily.Inet6 })
        {
            if (options.Family != AddressFamily.Unspecified && options.Family != family) continue;
            foreach (DiagnosedSocket socket in Ask(diagnostics, family, protocol, options, details))
            {
                if (!options.Kills || TryKill(diagnostics, socket)) table.Add(writer.Of(socket, kind));
            }
        }
    }

    /// <summary>Raw sockets are told by a module that a kernel may lack.</summary>
    private static List<DiagnosedSocket> Ask(SocketDiagnostics diagnostics, AddressFamily family, IpProtocol protocol, SsOptions options, byte details)
    {
        try
        {
            return diagnostics.Inet(family, protocol, options.States, details, options.Filter?.Program);
        }
        catch (NetlinkException absent) when (absent.Errno == Errno.ENOENT && (int)protocol == Raw)
        {
            return [];
        }
    }

    /// <summary>A socket that has ended meanwhile, or that cannot be ended, is left.</summary>
    private static bool TryKill(SocketDiagnostics diagnostics, DiagnosedSocket socket)
    {
        try
        {
            diagnostics.Destroy(socket);
            return true;
        }
        catch (NetlinkException refused) when (refused.Errno is Errno.EOPNOTSUPP or Errno.ENOENT)
        {
            return false;
        }
    }

    private static void AddUnix(SsTable table, SocketDiagnostics diagnostics, SsOptions options, SsRowWriter writer)
    {
        if (options.Kills) return;
        List<DiagnosedUnixSocket> all = diagnostics.Unix();
        Dictionary<uint, string?> names = all.ToDictionary(static socket => socket.Inode, static socket => socket.Name);
        foreach (DiagnosedUnixSocket socket in all.Where(socket => (options.States >> socket.State & 1) != 0))
        {
            SsKinds kind = socket.Type switch { SocketType.Stream => SsKinds.UnixStream, SocketType.SequencedPacket => SsKinds.UnixPacket, _ => SsKinds.UnixDatagram };
            string? peer = socket.Peer != 0 ? names.GetValueOrDefault(socket.Peer) : null;
            bool isWanted = (options.Kinds & kind) != 0 && options.Filter?.Takes(new SsEnds(socket.Name, socket.Inode, peer, socket.Peer)) != false;
            if (isWanted) table.Add(writer.Of(socket, peer));
        }
    }

    private static void AddNetlink(SsTable table, SocketDiagnostics diagnostics, SsOptions options, SsRowWriter writer)
    {
        if ((options.States >> SsStates.Unconnected & 1) == 0 || options.Kills) return;
        foreach (DiagnosedNetlinkSocket socket in diagnostics.Netlink())
        {
            if (options.Filter?.Takes(new SsEnds(null, socket.Port, null, socket.PeerPort)) != false) table.Add(writer.Of(socket));
        }
    }

    /// <summary>Packet sockets are told by a module that a kernel may lack.</summary>
    private static void AddPacket(SsTable table, SocketDiagnostics diagnostics, SsOptions options, SsRowWriter writer)
    {
        if ((options.States >> SsStates.Unconnected & 1) == 0 || options.Kills) return;
        List<DiagnosedPacketSocket> all;
        try
        {
            all = diagnostics.Packet();
        }
        catch (NetlinkException absent) when (absent.Errno == Errno.ENOENT)
        {
            return;
        }
        foreach (DiagnosedPacketSocket socket in all)
        {
            SsKinds kind = socket.Type == SocketType.Raw ? SsKinds.PacketRaw : SsKinds.PacketDatagram;
            if ((options.Kinds & kind) != 0 && options.Filter?.Takes(new SsEnds(null, (uint)socket.Interface, null, 0)) != false) table.Add(writer.Of(socket));
        }
    }
}
