using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Who hears what is sent to a group or to all (rows RU-016, RU-017, I4-009 to I4-013, I6-018, I6-019).</summary>
public static class MulticastDeliveryScenarios
{
    private const ushort Port = 5353;
    private const string Group = "239.1.2.3", Other = "239.4.5.6", Group6 = "ff15::7", Near = "10.0.0.1", Far = "10.0.0.2";

    private static readonly InetAddress ToGroup = new(Group, Port), ToOther = new(Other, Port), ToGroup6 = new(Group6, Port);

    /// <summary>Every socket of the port that has joined gets a copy, and by default those of the wildcard that have not; one that wants its own groups alone does not.</summary>
    [Scenario("RU-016", "I4-013")]
    public static void EveryListener(HostProcess near, HostProcess far)
    {
        using Socket sender = Sender(near), first = far.Receiver(Port), second = far.Receiver(Port), bystander = far.Receiver(Port), recluse = far.Receiver(Port);
        using Socket elsewhere = far.Receiver(Port + 1), unicast = far.Receiver(Port, address: Far), bound = far.Receiver(Port, address: Group), boundToOther = far.Receiver(Port, address: Other);
        first.JoinGroup(ToGroup, far.InterfaceOf(Far));
        second.JoinGroup(ToGroup, far.InterfaceOf(Far));
        recluse.MulticastAll = false;
        sender.SendTextTo("all", ToGroup);
        foreach (Socket hearing in new[] { first, second, bystander, bound }) Expect.Equal("all", hearing.ReceiveText());
        unicast.ExpectNothingFrom(sender, Far);
        elsewhere.ExpectNothingFrom(sender, Far);
        recluse.ExpectEmpty();
        boundToOther.ExpectEmpty();
        recluse.JoinGroup(ToGroup, far.InterfaceOf(Far));
        sender.SendTextTo("again", ToGroup);
        Expect.Equal("again", recluse.ReceiveText());
    }

    /// <summary>What nobody on the host has joined is heard by nobody; when the last one leaves, or closes its socket, it is over.</summary>
    [Scenario("I4-012")]
    public static void UntilTheLastLeaves(HostProcess near, HostProcess far)
    {
        using Socket sender = Sender(near), listener = far.Receiver(Port), member = far.Receiver(Port + 1);
        sender.SendTextTo("early", ToGroup);
        listener.ExpectNothingFrom(sender, Far);
        using (Socket closing = far.Receiver(Port + 2))
        {
            closing.JoinGroup(ToGroup, far.InterfaceOf(Far));
            member.JoinGroup(ToGroup, far.InterfaceOf(Far));
            sender.SendTextTo("both", ToGroup);
            Expect.Equal("both", listener.ReceiveText());
        }
        sender.SendTextTo("one", ToGroup);
        Expect.Equal("one", listener.ReceiveText());
        member.LeaveGroup(ToGroup, far.InterfaceOf(Far));
        sender.SendTextTo("late", ToGroup);
        listener.ExpectNothingFrom(sender, Far);
    }

    /// <summary>A sender hears itself where it has joined, unless it says otherwise.</summary>
    [Scenario("RU-017", "I4-011", "I6-018")]
    public static void Loopback(HostProcess near, HostProcess far)
    {
        foreach ((InetAddress group, string own) in new[] { (ToGroup, Near), (ToGroup6, "fd00::1") })
        {
            using Socket sender = Sender(near, group.Family), member = near.Receiver(Port, group.Family);
            member.JoinGroup(group, near.InterfaceOf(Near));
            sender.SendTextTo("heard", group);
            Expect.Equal("heard", member.ReceiveText());
            sender.MulticastLoopback = false;
            sender.SendTextTo("unheard", group);
            member.ExpectNothingFrom(sender, own);
            // It is the sender's switch, not the receiver's.
            member.MulticastLoopback = false;
            sender.MulticastLoopback = true;
            sender.SendTextTo("heard again", group);
            Expect.Equal("heard again", member.ReceiveText());
        }
    }

    /// <summary>With no hops left what is sent stays on the host.</summary>
    [Scenario("I4-010", "I6-014")]
    public static void NoHops(HostProcess near, HostProcess far)
    {
        foreach ((InetAddress group, string there) in new[] { (ToGroup, Far), (ToGroup6, "fd00::2") })
        {
            using Socket sender = Sender(near, group.Family), here = near.Receiver(Port, group.Family), remote = far.Receiver(Port, group.Family);
            here.JoinGroup(group, near.InterfaceOf(Near));
            remote.JoinGroup(group, far.InterfaceOf(Far));
            sender.MulticastTtl = 0;
            sender.SendTextTo("here", group);
            Expect.Equal("here", here.ReceiveText());
            remote.ExpectNothingFrom(sender, there);
        }
    }

    /// <summary>A group of IPv6: members and bystanders, and the switch between them.</summary>
    [Scenario("I6-019")]
    public static void GroupOfIPv6(HostProcess near, HostProcess far)
    {
        using Socket sender = Sender(near, AddressFamily.Inet6), member = far.Receiver(Port, AddressFamily.Inet6), bystander = far.Receiver(Port, AddressFamily.Inet6);
        using Socket recluse = far.Receiver(Port, AddressFamily.Inet6);
        recluse.MulticastAll = false;
        member.JoinGroup(ToGroup6, far.InterfaceOf(Far));
        sender.SendTextTo("six", ToGroup6);
        Expect.Equal("six", member.ReceiveText());
        Expect.Equal("six", bystander.ReceiveText());
        // Sent to the port, a unicast goes to the socket that was bound last.
        recluse.ExpectNothingFrom(sender, "fd00::2");
        member.LeaveGroup(ToGroup6, far.InterfaceOf(Far));
        sender.SendTextTo("over", ToGroup6);
        recluse.ExpectNothingFrom(sender, "fd00::2");
        member.ExpectEmpty();
    }

    /// <summary>A dual-stack socket hears groups of IPv4 that it has joined, and not those of others.</summary>
    [Scenario("I4-012", "I4-013")]
    public static void GroupOfIPv4OnADualStackSocket(HostProcess near, HostProcess far)
    {
        using Socket sender = Sender(near), dual = far.Receiver(Port, AddressFamily.Inet6), member = far.Receiver(Port);
        member.JoinGroup(ToGroup, far.InterfaceOf(Far));
        sender.SendTextTo("four", ToGroup);
        Expect.Equal("four", member.ReceiveText());
        dual.ExpectEmpty();
        dual.JoinGroup(ToGroup, far.InterfaceOf(Far));
        sender.SendTextTo("both", ToGroup);
        Expect.Equal("both", dual.ReceiveText());
        Expect.Equal("both", member.ReceiveText());
    }

    /// <summary>Sources that a socket blocks or has not joined do not reach it; other sockets hear them.</summary>
    [Scenario("I4-012", "I6-019")]
    public static void Sources(HostProcess near, HostProcess far)
    {
        foreach ((InetAddress group, string own, string there) in new[] { (ToGroup, Near, Far), (ToGroup6, "fd00::1", "fd00::2") })
        {
            using Socket sender = Sender(near, group.Family), open = far.Receiver(Port, group.Family), blocking = far.Receiver(Port, group.Family), choosing = far.Receiver(Port, group.Family);
            var source = new InetAddress(own, 0);
            var stranger = new InetAddress(group.Family == AddressFamily.Inet ? "10.0.0.77" : "fd00::77", 0);
            int index = far.InterfaceOf(Far);
            choosing.JoinSourceGroup(group, stranger, index);
            sender.SendTextTo("nobody", group);
            choosing.ExpectNothingFrom(sender, there);
            open.JoinGroup(group, index);
            blocking.JoinGroup(group, index);
            blocking.BlockSource(group, source, index);
            sender.SendTextTo("open", group);
            Expect.Equal("open", open.ReceiveText());
            choosing.ExpectNothingFrom(sender, there);
            blocking.ExpectEmpty();
            blocking.UnblockSource(group, source, index);
            choosing.JoinSourceGroup(group, source, index);
            sender.SendTextTo("all", group);
            foreach (Socket hearing in new[] { open, blocking, choosing }) Expect.Equal("all", hearing.ReceiveText());
        }
    }

    /// <summary>The interface that IP_MULTICAST_IF names sends, be it the loopback; without a route to groups and without it there is none.</summary>
    [Scenario("I4-009", "I6-013")]
    public static void ChoiceOfTheInterface(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Udp(), there = far.Receiver(Port), here = near.Receiver(Port);
        Expect.Throws(Errno.ENETUNREACH, () => sender.SendTextTo("nowhere", ToGroup));
        there.JoinGroup(ToGroup, far.InterfaceOf(Far));
        here.JoinGroup(ToGroup, 1);
        Expect.Success(sender.TryGroup(IP_MULTICAST_IF, "127.0.0.1"));
        sender.SendTextTo("inside", ToGroup);
        Expect.Equal("inside", here.ReceiveText());
        Expect.Success(sender.TryGroup(IP_MULTICAST_IF, Near));
        sender.SendTextTo("outside", ToGroup);
        Expect.Equal("outside", there.ReceiveText());
        here.ExpectNothingFrom(sender, Near);
        using Socket bound = near.Udp();
        bound.Bind(new InetAddress(Near, 0));
        bound.SendTextTo("by its address", ToGroup);
        Expect.Equal("by its address", there.ReceiveText());
    }

    /// <summary>A socket that has connected to a sender hears no other, and one bound to another interface hears nothing.</summary>
    [Scenario("I4-012")]
    public static void ConnectedAndBoundReceivers(HostProcess near, HostProcess far)
    {
        using Socket sender = Sender(near), stranger = Sender(near), connected = far.Receiver(Port), bound = far.Receiver(Port);
        sender.Bind(new InetAddress(Near, 0));
        stranger.Bind(new InetAddress(Near, 0));
        bound.SetSocketLevel(SO_BINDTOIFINDEX, 1);
        connected.JoinGroup(ToGroup, far.InterfaceOf(Far));
        connected.Connect(sender.LocalAddress);
        stranger.SendTextTo("strange", ToGroup);
        sender.SendTextTo("known", ToGroup);
        bound.ExpectEmpty();
        // Connecting has given it an address of its own, and groups are sent to another one.
        connected.ExpectEmpty();
        connected.Disconnect();
        sender.SendTextTo("any", ToGroup);
        Expect.Equal("any", connected.ReceiveText());
    }

    /// <summary>Broadcasts need SO_BROADCAST; all of the network hear those of the network and of the link, the sender too.</summary>
    [Scenario("S-001", "OPT-07")]
    public static void Broadcasts(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Udp(), there = far.Receiver(Port), second = far.Receiver(Port), here = near.Receiver(Port), unicast = far.Receiver(Port, address: Far);
        foreach (string address in new[] { "10.0.0.255", "255.255.255.255" })
        {
            var all = new InetAddress(address, Port);
            sender.SetSocketLevel(SO_BROADCAST, 0);
            Expect.Success(sender.TryGroup(IP_MULTICAST_IF, Near));
            if (all.IPv4Bits != uint.MaxValue) Expect.Throws(Errno.EACCES, () => sender.SendTextTo("shy", all));
            sender.SetSocketLevel(SO_BROADCAST, 1);
            if (all.IPv4Bits == uint.MaxValue) sender.SetSocketLevel(SO_BINDTOIFINDEX, near.InterfaceOf(Near));
            sender.SendTextTo("all", all);
            foreach (Socket hearing in new[] { there, second, here }) Expect.Equal("all", hearing.ReceiveText());
            unicast.ExpectNothingFrom(sender, Far);
        }
    }

    private static Socket Sender(HostProcess host, AddressFamily family = AddressFamily.Inet)
    {
        Socket socket = host.Udp(family);
        socket.SetMulticastInterface(host.InterfaceOf(Near));
        return socket;
    }
}
