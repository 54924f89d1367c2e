using System.Reflection;
using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>Programs as tcpdump 4.99 printed them for Ethernet, in its three forms, and frames with what each expression says about them.</summary>
internal static class PrintedPrograms
{
    private const string Ethernet = "020000000001020000000002";

    /// <summary>Frames by name: headers by hand, checksums are nobody's business here.</summary>
    public static IReadOnlyList<(string Name, byte[] Frame)> Frames { get; } =
    [
        ("echo", Frame("0800", "4500001c0001000040010000 0a000001 0a000002", "0800000000010001")),
        ("http syn", Frame("0800", "4500002c0002000040060000 0a000001 0a000002", "c0010050 00000001 00000000 60020000 00000000 020405b4")),
        ("http data", Frame("0800", "450000320003000040060000 0a000003 0a000004", "c0010050 00000001 00000001 50180000 00000000 68656c6c6f20776f726c")),
        ("ssh fin", Frame("0800", "450000280004000040060000 0a000001 0a000002", "c0010016 00000001 00000001 50110000 00000000")),
        ("fragment", Frame("0800", "4500002c000500b940060000 0a000001 0a000002", "c0010050 00000001 00000000 60020000 00000000 020405b4")),
        ("dns query", Frame("0800", "450000240006000040110000 0a000001 0a000002", "d0010035 00100000 0102030405060708")),
        ("dns answer with options", Frame("0800", "460000280007000040110000 0a000002 0a000001 01010101", "003503e9 00100000 0102030405060708")),
        ("dns query 6", Frame("86dd", "6000000000101140 fd000000000000000000000000000001 fd000000000000000000000000000002", "d0010035 00100000 0102030405060708")),
        ("arp request", Frame("0806", "0001080006040001 020000000002 0a000001 000000000000 0a000002", "", destination: "ffffffffffff")),
    ];

    private static readonly Dictionary<string, string[]> Wanted = new()
    {
        ["icmp"] = ["echo"],
        ["tcp port 80"] = ["http syn", "http data"],
        ["udp and dst port 53"] = ["dns query", "dns query 6"],
        ["ip6"] = ["dns query 6"],
        ["host 10.0.0.2 and not tcp port 22"] = ["echo", "http syn", "fragment", "dns query", "dns answer with options", "arp request"],
        ["tcp[tcpflags] & (tcp-syn|tcp-fin) != 0"] = ["http syn", "ssh fin"],
        ["ether broadcast"] = ["arp request"],
        ["portrange 1000-2000"] = ["dns answer with options"],
        ["ip[2:2] - ((ip[0]&0xf)<<2) > 20"] = ["http syn", "http data", "fragment"],
        ["arp"] = ["arp request"],
        ["ip6 and udp port 53"] = ["dns query 6"],
        ["less 60"] = ["echo", "http syn", "ssh fin", "fragment", "dns query", "dns answer with options", "arp request"],
        ["tcp dst port 22 and src net 10.0.0.0/24"] = ["ssh fin"],
    };

    public static TheoryData<string, ClassicFilter> Cases
    {
        get
        {
            var cases = new TheoryData<string, ClassicFilter>();
            using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("tcpdump-programs")!;
            using var reader = new StreamReader(stream);
            foreach (string part in reader.ReadToEnd().Split("# ", StringSplitOptions.RemoveEmptyEntries))
            {
                int end = part.IndexOf('\n');
                cases.Add(part[..end], ClassicFilter.Assemble(part[end..]));
            }
            cases.Count.ShouldBe(Wanted.Count);
            return cases;
        }
    }

    public static bool IsWanted(string expression, string name) => Wanted[expression].Contains(name);

    private static byte[] Frame(string type, string network, string transport, string destination = "020000000001")
        => Convert.FromHexString((destination + Ethernet[12..] + type + network + transport).Replace(" ", ""));
}
