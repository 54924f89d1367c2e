namespace Slipway.Sockets.Tests;

/// <summary>Filters of sock_diag: the programs are those that ss of iproute2 sends for the same conditions.</summary>
public class DiagnosticFilterTests
{
    private static readonly DiagnosticFilter s_one = DiagnosticFilter.RemotePort(1), s_two = DiagnosticFilter.RemotePort(2);

    public static TheoryData<string, DiagnosticFilter, string> Programs => new()
    {
        { "dport = :80", DiagnosticFilter.RemotePort(80), "08101400 00000000 50000000 00000000" },
        { "sport >= :1024", DiagnosticFilter.LocalPortAtLeast(1024), "02080c00 00000004" },
        { "sport > :1024", DiagnosticFilter.LocalPortAtMost(1024).Not(), "03080c00 00000004 01040800" },
        { "dst 10.0.0.0/24", DiagnosticFilter.Remote(new InetAddress("10.0.0.0", 0), 24), "08101400 02180000 ffffffff 0a000000" },
        { "src 10.0.0.1:80", DiagnosticFilter.Local(new InetAddress("10.0.0.1", 0), 32, 80), "07101400 02200000 50000000 0a000001" },
        { "fwmark = 1/3", DiagnosticFilter.Mark(1, 3), "0a0c1000 01000000 03000000" },
        { "autobound", DiagnosticFilter.AutomaticPort, "06040800" },
        { "dport = :1 or dport = :2", s_one.Or(s_two), "08101400 00000000 01000000 00000000 01041400 08101400 00000000 02000000 00000000" },
        { "dport = :1 dport = :2", s_one.And(s_two), "08102400 00000000 01000000 00000000 08101400 00000000 02000000 00000000" },
        {
            "( dport = :1 or dport = :2 ) and not src 10.0.0.1", s_one.Or(s_two).And(DiagnosticFilter.Local(new InetAddress("10.0.0.1", 0), 32).Not()),
            "08101400 00000000 01000000 00000000 01041400 08102800 00000000 02000000 00000000 07101400 02200000 ffffffff 0a000001 01040800"
        },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_condition_becomes_the_program_of_ss(string condition, DiagnosticFilter filter, string program)
        => Convert.ToHexStringLower(filter.Program).ShouldBe(program.Replace(" ", "", StringComparison.Ordinal), condition);

    [Fact]
    public void A_prefix_that_is_longer_than_its_address_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => DiagnosticFilter.Local(new InetAddress("10.0.0.1", 0), 33));
        Should.Throw<ArgumentOutOfRangeException>(() => DiagnosticFilter.Remote(new InetAddress("::1", 0), 129));
        Should.Throw<ArgumentOutOfRangeException>(() => DiagnosticFilter.Remote(new InetAddress("::1", 0), -1));
    }

    [Fact]
    public void A_program_whose_jumps_would_not_fit_is_refused()
    {
        DiagnosticFilter filter = s_one;
        for (int i = 0; i < 11; i++) filter = filter.And(filter);
        filter.Program.Length.ShouldBe(32768);
        Should.Throw<ArgumentException>(() => filter.Or(filter));
    }
}
