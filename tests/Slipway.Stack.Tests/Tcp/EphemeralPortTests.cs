using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>RFC 6056 section 3.3.4, with the parities that Linux keeps apart.</summary>
public sealed class EphemeralPortTests
{
    [Fact]
    public void Connect_tries_the_parity_of_the_lower_end_from_its_offset_then_the_other()
    {
        Ports(PortWalk.ForConnect(32768, 32775, offset: 4)).ShouldBe([32772, 32774, 32768, 32770, 32773, 32775, 32769, 32771]);
        Ports(PortWalk.ForConnect(32768, 32775, offset: 5)).ShouldBe(Ports(PortWalk.ForConnect(32768, 32775, offset: 4)));
        Ports(PortWalk.ForConnect(32769, 32772, offset: 0)).ShouldBe([32769, 32771, 32770, 32772]);
    }

    [Fact]
    public void Bind_tries_the_other_parity_first() =>
        Ports(PortWalk.ForBind(32768, 32775, random: 4)).ShouldBe([32773, 32775, 32769, 32771, 32772, 32774, 32768, 32770]);

    [Fact]
    public void A_range_of_the_sockets_own_is_taken_port_by_port() =>
        Ports(PortWalk.ForConnect(50_000, 50_003, offset: 2, everyPort: true)).ShouldBe([50_002, 50_003, 50_000, 50_001]);

    [Fact]
    public void A_range_of_one_port_has_one()
    {
        Ports(PortWalk.ForConnect(500, 500, offset: 77)).ShouldBe([500]);
        Ports(PortWalk.ForBind(500, 500, random: 77)).ShouldBe([500]);
        Ports(PortWalk.ForConnect(65535, 65535, 0)).ShouldBe([65535]);
    }

    [Theory]
    [InlineData(32768, 60999)]
    [InlineData(1024, 65535)]
    public void Every_port_of_a_range_comes_once(int low, int high)
    {
        ushort[] all = [.. Enumerable.Range(low, high - low + 1).Select(static port => (ushort)port)];
        var random = new SeededRandom(1);
        Ports(PortWalk.ForConnect(low, high, random.NextUInt32())).Order().ShouldBe(all);
        Ports(PortWalk.ForBind(low, high, random.NextUInt32())).Order().ShouldBe(all);
    }

    [Fact]
    public void Connections_to_one_destination_take_different_ports_by_small_steps()
    {
        var secrets = new TcpSecrets(new SeededRandom(1));
        var table = new EphemeralPortTable(new SeededRandom(2), order: 10);
        ulong hash = secrets.PortOffset(IpAddress.Parse("10.0.0.1"), IpAddress.Parse("10.0.0.2"), 80);
        var ports = new List<ushort>();
        for (int i = 0; i < 1000; i++)
        {
            PortWalk walk = table.Begin(hash, 32768, 60999);
            walk.Next(out ushort port).ShouldBeTrue();
            table.Taken(hash, walk);
            ports.Add(port);
        }

        ports.Distinct().Count().ShouldBe(1000);
        ports.ShouldAllBe(static port => port % 2 == 0);
        // Steps are 2 to 16, and not always the same: the count of connections is not to be read off the port.
        int[] steps = [.. ports.Zip(ports.Skip(1), static (a, b) => (b - a + 28232) % 28232)];
        steps.Min().ShouldBe(2);
        steps.Max().ShouldBe(16);
        steps.Distinct().Count().ShouldBe(8);
    }

    [Fact]
    public void Ports_that_are_taken_are_not_searched_through_again()
    {
        var table = new EphemeralPortTable(new SeededRandom(2), order: 0);
        PortWalk walk = table.Begin(1, 32768, 60999);
        ushort port = 0;
        for (int i = 0; i < 100; i++) walk.Next(out port);
        walk.Steps.ShouldBe(198);
        table.Taken(1, walk);

        table.Begin(1, 32768, 60999).Next(out ushort next);

        next.ShouldBe((ushort)(port + 2));
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(14_000)]
    [InlineData(14_110)]
    [InlineData(20_000)]
    [InlineData(27_000)]
    public void The_search_stays_short_while_thousands_of_ports_wait_in_TIME_WAIT(int waiting)
    {
        var table = new EphemeralPortTable(new SeededRandom(2), order: 0);
        var taken = new HashSet<ushort>();
        var order = new Queue<ushort>();
        long tried = 0;
        const int Connections = 60_000;
        for (int i = 0; i < Connections; i++)
        {
            PortWalk walk = table.Begin(1, 32768, 60999);
            ushort port;
            do
            {
                walk.Next(out port).ShouldBeTrue();
                tried++;
            }
            while (!taken.Add(port));
            table.Taken(1, walk);
            order.Enqueue(port);
            // The oldest becomes free again.
            if (order.Count > waiting) taken.Remove(order.Dequeue());
        }
        (tried / (double)Connections).ShouldBeLessThan(40);
    }

    [Fact]
    public void Other_destinations_start_elsewhere()
    {
        var secrets = new TcpSecrets(new SeededRandom(1));
        var table = new EphemeralPortTable(new SeededRandom(2), order: 10);
        var first = new HashSet<ushort>();
        for (ushort destination = 1; destination <= 100; destination++)
        {
            PortWalk walk = table.Begin(secrets.PortOffset(IpAddress.Parse("10.0.0.1"), IpAddress.Parse("10.0.0.2"), destination), 32768, 60999);
            walk.Next(out ushort port);
            first.Add(port);
        }
        first.Count.ShouldBeGreaterThan(95);
    }

    private static List<ushort> Ports(PortWalk walk)
    {
        var ports = new List<ushort>();
        while (walk.Next(out ushort port)) ports.Add(port);
        walk.Next(out _).ShouldBeFalse();
        return ports;
    }
}
