using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>
/// A netlink socket that asks: sends a request and takes the answer, whole dumps too. It works on any <see cref="SocketSystem"/>, acts on the host or network namespace in which it was opened, and
/// serves one request at a time.
/// </summary>
public sealed class NetlinkClient : IDisposable
{
    private byte[] _room = new byte[32 * 1024];
    private uint _sequence;

    /// <summary>Opens a socket.</summary>
    /// <param name="system">The kernel or a host.</param>
    /// <param name="protocol">Who is asked, of <see cref="NetlinkProtocol"/>.</param>
    /// <exception cref="SocketCallException">The system has no such protocol (EPROTONOSUPPORT).</exception>
    public NetlinkClient(SocketSystem system, int protocol)
    {
        ArgumentNullException.ThrowIfNull(system);
        CallResult opened = system.Socket(AddressFamily.Netlink, SocketType.Raw | SocketType.CloseOnExec, protocol);
        if (!opened.Succeeded) throw new SocketCallException(opened.Error, "socket(AF_NETLINK)");
        Socket = new Socket(system, opened.Value);
        try
        {
            Socket.SetOption(SocketLevel.SOL_NETLINK, SocketOptionName.NETLINK_EXT_ACK, 1);
            Socket.SetOption(SocketLevel.SOL_NETLINK, SocketOptionName.NETLINK_CAP_ACK, 1);
            Socket.Bind(default(NetlinkAddress).ToSockAddr());
        }
        catch
        {
            Socket.Dispose();
            throw;
        }
    }

    /// <summary>The socket.</summary>
    public Socket Socket { get; }

    /// <summary>NETLINK_GET_STRICT_CHK: requests are checked strictly, and what they hold narrows dumps.</summary>
    public bool IsStrict
    {
        get => Socket.GetOption(SocketLevel.SOL_NETLINK, SocketOptionName.NETLINK_GET_STRICT_CHK) != 0;
        set => Socket.SetOption(SocketLevel.SOL_NETLINK, SocketOptionName.NETLINK_GET_STRICT_CHK, value ? 1 : 0);
    }

    /// <summary>Joins a group (NETLINK_ADD_MEMBERSHIP).</summary>
    /// <exception cref="SocketCallException">EINVAL: there is no such group.</exception>
    public void Join(int group) => Socket.SetOption(SocketLevel.SOL_NETLINK, SocketOptionName.NETLINK_ADD_MEMBERSHIP, group);

    /// <summary>Leaves a group (NETLINK_DROP_MEMBERSHIP).</summary>
    public void Leave(int group) => Socket.SetOption(SocketLevel.SOL_NETLINK, SocketOptionName.NETLINK_DROP_MEMBERSHIP, group);

    /// <summary>Sends the one message of <paramref name="request"/> and waits for its acknowledgement.</summary>
    /// <exception cref="NetlinkException">It was refused.</exception>
    public void Execute(NetlinkWriter request, string name)
    {
        Errno error = TryExecute(request, out string? explanation);
        if (error != Errno.None) throw new NetlinkException(error, name, explanation);
    }

    /// <summary>Sends the one message of <paramref name="request"/> and waits for its acknowledgement.</summary>
    /// <param name="request">The request; NLM_F_REQUEST, NLM_F_ACK and its number are put in.</param>
    /// <param name="explanation">What the answer says of a refusal; null for nothing.</param>
    /// <returns>What it was refused with.</returns>
    public Errno TryExecute(NetlinkWriter request, out string? explanation)
    {
        explanation = null;
        uint sequence = Send(request, NetlinkFlags.NLM_F_ACK);
        while (true)
        {
            var reader = new NetlinkReader(Receive());
            while (reader.MoveNext())
            {
                if (reader.Sequence != sequence || reader.Type != NetlinkMessageType.NLMSG_ERROR) continue;
                explanation = ExplanationOf(reader);
                return reader.Error;
            }
        }
    }

    /// <summary>Sends the one message of <paramref name="request"/>, which has one answer.</summary>
    /// <exception cref="NetlinkException">It was refused.</exception>
    public T Ask<T>(NetlinkWriter request, string name, Func<NetlinkReader, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        uint sequence = Send(request, 0);
        while (true)
        {
            var reader = new NetlinkReader(Receive());
            while (reader.MoveNext())
            {
                if (reader.Sequence != sequence) continue;
                if (reader.Type == NetlinkMessageType.NLMSG_ERROR) throw new NetlinkException(reader.Error, name, ExplanationOf(reader));
                return read(reader);
            }
        }
    }

    /// <summary>Sends the one message of <paramref name="request"/>, which asks for a table, and reads all entries. Where the table changed meanwhile (NLM_F_DUMP_INTR), it asks again.</summary>
    /// <exception cref="NetlinkException">It was refused.</exception>
    public List<T> Dump<T>(NetlinkWriter request, string name, Func<NetlinkReader, T> read)
    {
        const int MostAttempts = 10;
        var list = new List<T>();
        for (int attempt = 1; ; attempt++)
        {
            if (TryDump(request, name, read, list) || attempt == MostAttempts) return list;
            list.Clear();
        }
    }

    /// <summary>Waits for the next datagram, such as news of a group; its messages are of use until the next call.</summary>
    /// <exception cref="SocketCallException">ENOBUFS: news were lost for lack of room. EAGAIN: the socket does not block, and there is nothing.</exception>
    public NetlinkReader ReceiveNews() => new(Receive());

    /// <summary>Closes the socket.</summary>
    public void Dispose() => Socket.Dispose();

    private bool TryDump<T>(NetlinkWriter request, string name, Func<NetlinkReader, T> read, List<T> list)
    {
        ArgumentNullException.ThrowIfNull(read);
        uint sequence = Send(request, NetlinkFlags.NLM_F_DUMP);
        bool isWhole = true;
        while (true)
        {
            var reader = new NetlinkReader(Receive());
            while (reader.MoveNext())
            {
                if (reader.Sequence != sequence) continue;
                if ((reader.Flags & NetlinkFlags.NLM_F_DUMP_INTR) != 0) isWhole = false;
                if (reader.Error is var error && error != Errno.None && reader.Type is NetlinkMessageType.NLMSG_ERROR or NetlinkMessageType.NLMSG_DONE) throw new NetlinkException(error, name, ExplanationOf(reader));
                if (reader.Type == NetlinkMessageType.NLMSG_DONE) return isWhole;
                list.Add(read(reader));
            }
        }
    }

    private uint Send(NetlinkWriter request, ushort flags)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Stamp((ushort)(flags | NetlinkFlags.NLM_F_REQUEST), ++_sequence);
        Socket.Send(request.Written);
        return _sequence;
    }

    /// <summary>Asks for the length first, so that no datagram is cut (MSG_PEEK with MSG_TRUNC).</summary>
    private ReadOnlySpan<byte> Receive()
    {
        int length = Socket.Receive([], MessageFlags.MSG_PEEK | MessageFlags.MSG_TRUNC);
        if (length > _room.Length) _room = new byte[length];
        return _room.AsSpan(0, Socket.Receive(_room));
    }

    private static string? ExplanationOf(in NetlinkReader reader)
    {
        NetlinkAttributeReader attributes = reader.ErrorAttributes;
        while (attributes.MoveNext())
        {
            if (attributes.Type == NetlinkErrorAttribute.NLMSGERR_ATTR_MSG) return attributes.Text;
        }
        return null;
    }
}
