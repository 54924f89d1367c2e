using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>What an idle connection costs: a hundred thousand of them must fit where others put twenty thousand.</summary>
public sealed class TcpMemoryTests
{
    /// <summary>1.5 KiB an endpoint, less its shares of the tables: a descriptor, a place by addresses, a bucket of its port.</summary>
    private const int Budget = 1536 - 96;

    [Fact]
    public void Data_that_nothing_held_up_leave_an_endpoint_as_small_as_it_was()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In("P. 1:2 ack 1 win 512");
        s.Out(". 1:1 ack 2");
        SegmentScript.Read(socket, 1, 2);
        SegmentScript.Write(socket, 1, 1);
        s.Out("P. 1:2 ack 2");
        s.In(". 2:2 ack 2 win 512");
        s.Connection!.KnownExtras.ShouldBeNull("what few connections have is made for those alone");
        OpeningScripts.End(s, socket, 2, 2);
    }

    [Fact]
    public void An_endpoint_with_its_socket_and_congestion_control_stays_within_its_budget()
    {
        var loop = new StackLoop(new VirtualClock());
        var host = new StackHost(loop, "host", new SeededRandom(1));
        var context = new SimpleProcessContext();
        using (loop.Enter())
        {
            Make();
            long before = GC.GetAllocatedBytesForCurrentThread();
            (TcpSocket socket, CongestionControl control) = Make();
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThanOrEqualTo(Budget);
            GC.KeepAlive(socket);
            GC.KeepAlive(control);
        }

        (TcpSocket, CongestionControl) Make() => (host.Tcp.CreateSocket(context, AddressFamily.Inet), CongestionRegistry.Create("cubic")!);
    }
}
