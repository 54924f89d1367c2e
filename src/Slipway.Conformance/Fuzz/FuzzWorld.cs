using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>One system as a sequence sees it: its sockets by the numbers that the sequence gives them, its ports and names.</summary>
/// <param name="system">The system.</param>
/// <param name="number">The number of the sequence in the life of the host: no two share ports and names.</param>
/// <param name="directory">Where paths of local sockets are.</param>
internal sealed class FuzzWorld(SocketSystem system, int number, string directory)
{
    /// <summary>How many sockets a sequence has at most.</summary>
    public const int Slots = 8;

    /// <summary>How many sequences have ports of their own before they begin anew.</summary>
    public const int PortBlocks = 7000;

    /// <summary>Bytes of an address with a name that the system chose for a local socket.</summary>
    public const int AutobindLength = 8;

    private const int PortsOfBlock = 4, LowestPort = 2000;

    private readonly int[] _descriptors = [-1, -1, -1, -1, -1, -1, -1, -1];

    public SocketSystem System => system;

    public int Number => number;

    public string Directory => directory;

    public int FirstPort => LowestPort + number % PortBlocks * PortsOfBlock;

    /// <summary>The descriptor of a socket; -1 where there is none.</summary>
    public int this[int slot] => _descriptors[slot];

    /// <summary>Takes a new descriptor in, in the place of what was there. No call may wait, so it gets O_NONBLOCK.</summary>
    public void Put(int slot, int descriptor)
    {
        Release(slot);
        _descriptors[slot] = descriptor;
        KeepFromWaiting(slot);
    }

    /// <summary>Sets O_NONBLOCK again, whatever became of it.</summary>
    public void KeepFromWaiting(int slot)
    {
        int descriptor = _descriptors[slot];
        if (descriptor < 0) return;
        CallResult flags = system.Fcntl(descriptor, FileControl.F_GETFL, 0);
        if (flags.Succeeded) system.Fcntl(descriptor, FileControl.F_SETFL, flags.Value | FileControl.O_NONBLOCK);
    }

    /// <summary>Closes a socket, without the wait that SO_LINGER may ask for.</summary>
    public Errno Release(int slot)
    {
        int descriptor = _descriptors[slot];
        if (descriptor < 0) return system.Close(-1);
        Span<byte> linger = stackalloc byte[8];
        int length = linger.Length;
        if (system.GetSockOpt(descriptor, SocketLevel.SOL_SOCKET, SocketOptionName.SO_LINGER, linger, ref length) == Errno.None
            && BinaryPrimitives.ReadInt32LittleEndian(linger) != 0 && BinaryPrimitives.ReadInt32LittleEndian(linger[4..]) != 0)
        {
            linger.Clear();
            system.SetSockOpt(descriptor, SocketLevel.SOL_SOCKET, SocketOptionName.SO_LINGER, linger);
        }
        _descriptors[slot] = -1;
        return system.Close(descriptor);
    }

    public void ReleaseAll()
    {
        for (int slot = 0; slot < Slots; slot++)
            if (_descriptors[slot] >= 0) Release(slot);
    }

    /// <summary>getsockname of a socket; nothing where it fails.</summary>
    public byte[] NameOf(int slot)
    {
        byte[] name = new byte[128];
        int length = name.Length;
        return system.GetSockName(_descriptors[slot], name, ref length) == Errno.None ? name[..Math.Min(length, name.Length)] : [];
    }

    /// <summary>The protocol of a socket, which says what stands in its messages.</summary>
    public int ProtocolOf(int slot) => NumberOf(slot, SocketOptionName.SO_PROTOCOL);

    /// <summary>Whether what a socket receives begins with an IPv4 header.</summary>
    public bool ReceivesHeaders(int slot) => NumberOf(slot, SocketOptionName.SO_TYPE) == (int)SocketType.Raw && NumberOf(slot, SocketOptionName.SO_DOMAIN) == (int)AddressFamily.Inet;

    private int NumberOf(int slot, int option)
    {
        Span<byte> value = stackalloc byte[4];
        int length = value.Length;
        return system.GetSockOpt(_descriptors[slot], SocketLevel.SOL_SOCKET, option, value, ref length) == Errno.None ? BinaryPrimitives.ReadInt32LittleEndian(value) : 0;
    }

    /// <summary>An address as text, without the ports and names that each system chooses for itself.</summary>
    public string Show(ReadOnlySpan<byte> address, int length)
    {
        address = address[..Math.Clamp(length, 0, address.Length)];
        if (address.Length < 4) return Convert.ToHexStringLower(address);
        var family = (AddressFamily)BinaryPrimitives.ReadUInt16LittleEndian(address);
        Span<byte> shown = stackalloc byte[128];
        shown = shown[..Math.Min(address.Length, shown.Length)];
        address[..shown.Length].CopyTo(shown);
        if (family is AddressFamily.Inet or AddressFamily.Inet6)
        {
            int port = BinaryPrimitives.ReadUInt16BigEndian(shown[2..]);
            if (port >= FirstPort && port < FirstPort + PortsOfBlock) BinaryPrimitives.WriteUInt16BigEndian(shown[2..], (ushort)(port - FirstPort + 1));
            else if (port != 0) "??"u8.CopyTo(shown[2..]);
        }
        // The number of a netlink socket is the process's, or any that is free.
        if (family == AddressFamily.Netlink && shown.Length > 4 && shown[4..Math.Min(shown.Length, 8)].ContainsAnyExcept((byte)0)) shown[4..Math.Min(shown.Length, 8)].Fill((byte)'?');
        if (family == AddressFamily.Unix && shown[2] == 0 && length == AutobindLength) return "autobound";
        return family == AddressFamily.Unix ? Encoding.Latin1.GetString(shown[2..]).Replace('\0', '@') : Convert.ToHexStringLower(shown);
    }
}
