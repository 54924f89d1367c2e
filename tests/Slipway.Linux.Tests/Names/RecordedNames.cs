using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>The resolver against recorded answers of glibc: the same files, the same queries, the kernel's own sockets.</summary>
public sealed class RecordedNames
{
    [RootFact]
    [Trait("Row", "NAME-15")]
    [Trait("Row", "NAME-28")]
    [Trait("Row", "NAME-30")]
    [Trait("Row", "NAME-31")]
    [Trait("Row", "NAME-37")]
    [Trait("Row", "NAME-44")]
    [Trait("Row", "NAME-47")]
    public void Every_query_gets_the_answer_that_glibc_gave()
    {
        using var network = NetworkNamespace.Create();
        var names = new NameService(LinuxSystem.In(network), new RecordedFiles(), "vm", TimeProvider.System, static () => 0);
        string[] lines = [.. Text("glibc-answers").Split('\n').Where(static line => line.Length > 0 && !line.StartsWith("# ", StringComparison.Ordinal))];
        lines.Length.ShouldBeGreaterThan(800);
        foreach (string line in lines)
        {
            int hash = line.LastIndexOf('#');
            Answer(names, line[..hash].Split('|')).ShouldBe(line[(hash + 1)..], line);
        }
    }

    [Fact]
    [Trait("Row", "NAME-02")]
    [Trait("Row", "NAME-07")]
    [Trait("Row", "NAME-09")]
    [Trait("Row", "NAME-12")]
    public void Every_database_lists_what_glibc_listed()
    {
        var names = new NameService(LinuxSystem.Current, new RecordedFiles(), "vm", TimeProvider.System, static () => 0);
        string[] listed =
        [
            .. names.Services.Select(static entry => Line($"S {entry.Name} {entry.Port} {entry.Protocol}", entry.Aliases)),
            .. names.Protocols.Select(static entry => Line($"P {entry.Name} {entry.Number}", entry.Aliases)),
            .. names.Networks.Select(static entry => Line($"N {entry.Name} {entry.Number:x}", entry.Aliases)),
            .. names.Hosts.Select(static entry => Line($"H {entry.Name} {Show(entry.Addresses[0])}", entry.Aliases)),
        ];
        listed.ShouldBe(Text("glibc-enumeration").TrimEnd('\n').Split('\n'));

        static string Line(string start, IReadOnlyList<string> aliases) => string.Join(' ', [start, .. aliases]);
    }

    [Fact]
    [Trait("Row", "NAME-12")]
    public void The_machines_own_services_and_protocols_are_those_that_getent_lists()
    {
        using var process = new LinuxProcess();
        Getent("protocols", process.Names.Protocols.Select(static entry => $"{entry.Name} {entry.Number}"));
        Getent("services", process.Names.Services.Select(static entry => $"{entry.Name} {entry.Port}/{entry.Protocol}"));
    }

    private static void Getent(string database, IEnumerable<string> ours)
    {
        using System.Diagnostics.Process getent = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("getent", database) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string[] theirs = [.. getent.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2]))];
        getent.WaitForExit();
        ours.ShouldBe(theirs);
    }

    private static string Answer(NameService names, string[] query) => query[0] switch
    {
        "HN" => Host(names.GetHostByName(query[1])),
        "HA" => Host(names.GetHostByAddress(new InetAddress(query[1], 0))),
        "NI" => NameInfo(names, query),
        _ => AddressInfo(names, query),
    };

    private static string Host(HostResult result) => result.Entry is not { } entry
        ? $"h_errno {(int)result.Error}"
        : $"{entry.Name} {(int)entry.Family} {entry.AddressLength}:{string.Concat(entry.Aliases.Select(static alias => " a=" + alias))}{string.Concat(entry.Addresses.Select(static address => " " + Show(address)))}";

    private static string NameInfo(NameService names, string[] query)
    {
        string[] zoned = query[1].Split('%');
        var address = new InetAddress(zoned[0], (ushort)Number(query[2]));
        if (zoned.Length > 1)
        {
            byte[] bytes = new byte[16];
            address.WriteAddress(bytes);
            address = InetAddress.IPv6(bytes, address.Port, (uint)Number(zoned[1]));
        }
        byte[] structure = new byte[address.StructureLength];
        address.Write(structure);
        NameInfoResult result = names.GetNameInfo(structure, Number(query[4]), Number(query[5]), (NameInfoFlags)Number(query[3]));
        return result.Succeeded ? $"{result.Host}|{result.Service}" : $"E{(int)result.Error}";
    }

    private static string AddressInfo(NameService names, string[] query)
    {
        var hints = new AddressInfoHints
        {
            Flags = (AddressInfoFlags)Number(query[2]),
            Family = (AddressFamily)Number(query[3]),
            SocketType = (SocketType)Number(query[4]),
            Protocol = (IpProtocol)Number(query[5]),
        };
        AddressInfoResult result = names.GetAddressInfo(query[0] == "-" ? null : query[0], query[1] == "-" ? null : query[1], hints);
        return result.Succeeded ? string.Concat(result.Entries.Select(Show)) : $"E{(int)result.Error}";
    }

    private static string Show(AddressInfo entry)
    {
        string zone = entry.Family == AddressFamily.Inet6 ? $"%{entry.Address.ScopeId}" : "";
        string flags = entry.Flags == AddressInfoFlags.None ? "0" : $"0x{(int)entry.Flags:x}";
        return $"[{Show(entry.Address)}{zone}:{entry.Address.Port} {(int)entry.SocketType} {(int)entry.Protocol} {flags} {entry.CanonicalName ?? "-"}]";
    }

    private static string Show(InetAddress address)
    {
        byte[] bytes = new byte[16];
        return InetText.Format(address.Family, bytes.AsSpan(0, address.WriteAddress(bytes)));
    }

    private static int Number(string text) => text.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToInt32(text, 16) : int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(string name)
    {
        using Stream stream = typeof(RecordedNames).Assembly.GetManifestResourceStream("names/" + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private sealed class RecordedFiles : HostFiles
    {
        public override string? ReadText(string path) => path switch
        {
            "/etc/hosts" or "/etc/services" or "/etc/protocols" or "/etc/networks" or "/etc/gai.conf" => Text("etc-" + path[5..]),
            "/etc/nsswitch.conf" => "hosts: files\n",
            _ => null,
        };
    }
}
