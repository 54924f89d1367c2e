using System.Text;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Linux;

/// <summary>
/// A TUN or TAP device of the kernel (Documentation/networking/tuntap.rst): what the kernel routes to the interface is read here, and what is written here
/// arrives at the kernel as from a wire.
/// </summary>
/// <remarks>
/// <para>The kernel's end is an interface like any other: <see cref="AddKernelAddress"/> and <see cref="SetUp"/> configure it. A device that was made here vanishes
/// with <see cref="Dispose"/>, its addresses and routes with it; one that was there before (made persistent by somebody) stays.</para>
/// <para>One thread reads; writes may come from another; <see cref="Dispose"/>, from any thread, ends a read that waits.</para>
/// </remarks>
public sealed class TunDevice : IPacketPort
{
    private const uint TUNSETIFF = 0x400454CA, TUNSETOFFLOAD = 0x400454D0, TUNSETVNETHDRSZ = 0x400454D8;
    private const int IFF_TUN = 0x0001, IFF_TAP = 0x0002, IFF_NO_PI = 0x1000, IFF_VNET_HDR = 0x4000;
    private const int TUN_F_CSUM = 0x01, TUN_F_TSO4 = 0x02, TUN_F_TSO6 = 0x04, TUN_F_TSO_ECN = 0x08, TUN_F_USO4 = 0x20, TUN_F_USO6 = 0x40;
    private const int OpenFlags = FileControl.O_RDWR | FileControl.O_NONBLOCK | FileControl.O_CLOEXEC;
    private const int Closed = 1 << 30;

    // A sender of the kernel hears nothing of packets that wait here (their socket is no longer charged), so only its window holds it back: the default of 500 packets loses some of
    // every window beyond 700 KB. This holds the windows of net.ipv4.tcp_rmem for dozens of connections; the kernel pays 8 bytes for each place.
    private const int QueueLength = 1 << 15;

    private const int RequestLength = 40, NameLength = 16, LongestName = 15;

    private readonly NetworkNamespace _namespace;
    private readonly int _descriptor;
    private readonly int _closing;

    // Calls that are inside, and whether the device is closed: the last to leave closes the descriptors, so that no call uses a number that has become somebody else's.
    private int _state;
    private int _released;

    private TunDevice(int descriptor, string name, TunOptions options, PortOffload offload, NetworkNamespace networkNamespace)
    {
        Offload = offload;
        _descriptor = descriptor;
        _namespace = networkNamespace;
        Name = name;
        HasEthernetHeader = options.Ethernet;
        Mtu = options.Mtu;
        _closing = Libc.EventDescriptor(0, FileControl.O_CLOEXEC | FileControl.O_NONBLOCK);
        if (_closing < 0) throw new SocketCallException(Libc.LastError, "eventfd");
    }

    /// <summary>The interface's name.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public bool HasEthernetHeader { get; }

    /// <inheritdoc/>
    public int Mtu { get; }

    /// <inheritdoc/>
    public PortOffload Offload { get; }

    /// <summary>Opens a device; its interface is still down. IPv6 on it uses no duplicate address detection and asks for no routers.</summary>
    /// <exception cref="TunException">No TUN driver, no privilege (CAP_NET_ADMIN), the name is in use or is not a name, the MTU is out of range.</exception>
    public static TunDevice Open(TunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Name is { } wanted) CheckName(wanted);
        NetworkNamespace networkNamespace = options.Namespace ?? NetworkNamespace.OfThread;
        using NetworkNamespace.Visit visit = networkNamespace.Enter();
        int descriptor = OpenDriver();
        try
        {
            string name = Attach(descriptor, options);
            PortOffload offload = SetOffload(descriptor, name, options.Offload);
            networkNamespace.WriteSysctl($"net.ipv6.conf.{name.Replace('.', '/')}.accept_dad", "0", required: false);
            networkNamespace.WriteSysctl($"net.ipv6.conf.{name.Replace('.', '/')}.router_solicitations", "0", required: false);
            SetMtu(networkNamespace, name, options.Mtu);
            Configure(() => networkNamespace.SetQueueLength(name, QueueLength), $"set the queue length of {name}");
            return new TunDevice(descriptor, name, options, offload, networkNamespace);
        }
        catch
        {
            _ = Libc.Close(descriptor);
            throw;
        }
    }

    /// <summary>Gives the kernel's end an address. After <see cref="SetUp"/>, it works when the call returns; before, an IPv6 address works some time after the device is up.</summary>
    /// <param name="address">The address and the length of its network.</param>
    /// <param name="peer">Our address, for a point-to-point link without a network; null otherwise.</param>
    /// <exception cref="TunException">EEXIST if it has the address; EACCES where IPv6 is switched off.</exception>
    public void AddKernelAddress(IpPrefix address, IpAddress? peer = null)
        => Configure(() => _namespace.AddAddress(Name, address, peer), $"give {Name} the address {address}");

    /// <summary>Takes the kernel's end up, and waits until packets flow.</summary>
    /// <exception cref="TunException">The kernel refuses.</exception>
    public void SetUp()
        => Configure(() =>
        {
            _namespace.SetUp(Name);
            _namespace.WaitUntilRunning(Name);
        }, $"take {Name} up");

    /// <inheritdoc/>
    public unsafe int Read(Span<byte> packet, out PacketOffload offload)
    {
        offload = default;
        if (!Enter()) return 0;
        try
        {
            PollEntry* entries = stackalloc PollEntry[2];
            while (true)
            {
                int count = ReadNow(packet, out offload, out Errno error);
                if (count > 0) return count;
                // Else the interface was deleted under us (EBADFD, EFAULT).
                if (error is not (Errno.EAGAIN or Errno.EINTR)) return 0;
                entries[0] = new PollEntry(_closing, PollEvents.POLLIN);
                entries[1] = new PollEntry(_descriptor, PollEvents.POLLIN);
                if (Libc.Poll(entries, 2, -1) > 0 && entries[0].Returned != PollEvents.None) return 0;
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public int TryRead(Span<byte> packet, out PacketOffload offload)
    {
        offload = default;
        if (!Enter()) return 0;
        try
        {
            int count;
            Errno error;
            do count = ReadNow(packet, out offload, out error);
            while (error == Errno.EINTR);
            return count;
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    public unsafe bool HasPacket
    {
        get
        {
            if (!Enter()) return false;
            try
            {
                var entry = new PollEntry(_descriptor, PollEvents.POLLIN);
                return Libc.Poll(&entry, 1, 0) > 0 && (entry.Returned & PollEvents.POLLIN) != PollEvents.None;
            }
            finally
            {
                Leave();
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>False also while the interface is down (EIO) and for what is no packet (EINVAL).</remarks>
    public unsafe bool Write(ReadOnlySpan<byte> packet, in PacketOffload offload)
    {
        if (!Enter()) return false;
        try
        {
            fixed (byte* bytes = packet)
            {
                int length = packet.Length;
                nint written;
                if (Offload == PortOffload.None)
                {
                    do written = Libc.Write(_descriptor, bytes, length);
                    while (written < 0 && Libc.LastError == Errno.EINTR);
                    return written == length;
                }
                var header = new VirtioHeader(packet, HasEthernetHeader, offload);
                IoVector* parts = stackalloc IoVector[2];
                parts[0] = new IoVector { Base = (byte*)&header, Length = VirtioHeader.Length };
                parts[1] = new IoVector { Base = bytes, Length = length };
                do written = Libc.WriteV(_descriptor, parts, 2);
                while (written < 0 && Libc.LastError == Errno.EINTR);
                return written == VirtioHeader.Length + length;
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Closes the device. A read that waits returns 0; the interface vanishes when no call is inside any more.</summary>
    public unsafe void Dispose()
    {
        int before = Interlocked.Or(ref _state, Closed);
        if ((before & Closed) != 0) return;
        ulong one = 1;
        _ = Libc.Write(_closing, (byte*)&one, sizeof(ulong));
        if (before == 0) Release();
    }

    /// <returns>Bytes of the packet; 0 with an error.</returns>
    private unsafe int ReadNow(Span<byte> packet, out PacketOffload offload, out Errno error)
    {
        offload = default;
        error = Errno.None;
        fixed (byte* room = packet)
        {
            nint count;
            if (Offload == PortOffload.None)
            {
                count = Libc.Read(_descriptor, room, packet.Length);
            }
            else
            {
                VirtioHeader header;
                IoVector* parts = stackalloc IoVector[2];
                parts[0] = new IoVector { Base = (byte*)&header, Length = VirtioHeader.Length };
                parts[1] = new IoVector { Base = room, Length = packet.Length };
                count = Libc.ReadV(_descriptor, parts, 2) - VirtioHeader.Length;
                if (count >= 0) offload = header.Offload;
            }
            if (count < 0) error = Libc.LastError;
            return (int)Math.Max(count, 0);
        }
    }

    private bool Enter()
    {
        if ((Interlocked.Increment(ref _state) & Closed) == 0) return true;
        Leave();
        return false;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _state) == Closed) Release();
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0) return;
        _ = Libc.Close(_descriptor);
        _ = Libc.Close(_closing);
    }

    private static unsafe int OpenDriver()
    {
        fixed (byte* path = "/dev/net/tun\0"u8)
        {
            int descriptor = Libc.Open(path, OpenFlags, 0);
            if (descriptor >= 0) return descriptor;
        }
        Errno error = Libc.LastError;
        throw new TunException(error switch
        {
            Errno.ENOENT or Errno.ENODEV or Errno.ENXIO => "there is no /dev/net/tun: the kernel's TUN driver is missing",
            Errno.EACCES or Errno.EPERM => "no permission to open /dev/net/tun: run as root",
            _ => $"cannot open /dev/net/tun: {error.Describe()} ({error.Name()})",
        }, error);
    }

    // struct ifreq: the name (16 bytes), then the flags (2).
    private static unsafe string Attach(int descriptor, TunOptions options)
    {
        byte* request = stackalloc byte[RequestLength];
        var bytes = new Span<byte>(request, RequestLength);
        bytes.Clear();
        Encoding.UTF8.GetBytes(options.Name ?? (options.Ethernet ? "tap%d" : "tun%d"), bytes);
        *(short*)(request + NameLength) = (short)((options.Ethernet ? IFF_TAP : IFF_TUN) | IFF_NO_PI | (options.Offload ? IFF_VNET_HDR : 0));
        if (Libc.Ioctl(descriptor, TUNSETIFF, request) == 0) return Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)0)]);
        Errno error = Libc.LastError;
        string device = options.Name is { } name ? $"'{name}'" : options.Ethernet ? "a TAP device" : "a TUN device";
        throw new TunException(error switch
        {
            Errno.EPERM => $"no permission to make {device}: it needs root (CAP_NET_ADMIN)",
            Errno.EBUSY => $"{device} is in use by another program",
            Errno.EINVAL => $"{device} exists and is not a {(options.Ethernet ? "TAP" : "TUN")} device, or is no name for an interface",
            _ => $"cannot make {device}: {error.Describe()} ({error.Name()})",
        }, error);
    }

    // What the kernel may leave to us; what we may leave to the kernel needs no more than the header. A device that was there before keeps the last user's choice, so "none" is said as well.
    private static unsafe PortOffload SetOffload(int descriptor, string name, bool wanted)
    {
        const int Tcp = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
        if (!wanted)
        {
            _ = Libc.Ioctl(descriptor, TUNSETOFFLOAD, (void*)0);
            return PortOffload.None;
        }
        int length = VirtioHeader.Length;
        if (Libc.Ioctl(descriptor, TUNSETVNETHDRSZ, &length) < 0) throw Refused();
        // Since Linux 6.2; both or neither.
        if (Libc.Ioctl(descriptor, TUNSETOFFLOAD, (void*)(Tcp | TUN_F_USO4 | TUN_F_USO6)) == 0)
            return PortOffload.Checksum | PortOffload.TcpSegmentation | PortOffload.UdpSegmentation;
        if (Libc.Ioctl(descriptor, TUNSETOFFLOAD, (void*)Tcp) < 0) throw Refused();
        return PortOffload.Checksum | PortOffload.TcpSegmentation;

        TunException Refused()
        {
            Errno error = Libc.LastError;
            return new TunException($"cannot switch on offloads of {name}: {error.Describe()} ({error.Name()})", error);
        }
    }

    private static void SetMtu(NetworkNamespace networkNamespace, string name, int mtu)
        => Configure(() => networkNamespace.SetMtu(name, mtu), $"set the MTU of {name} to {mtu}");

    private static void Configure(Action action, string what)
    {
        try
        {
            action();
        }
        catch (SocketCallException exception)
        {
            throw new TunException($"cannot {what}: {exception.Errno.Describe()} ({exception.Errno.Name()})", exception.Errno);
        }
    }

    // What dev_valid_name of the kernel refuses, and %, which the kernel would replace by a number.
    private static void CheckName(string name)
    {
        bool valid = name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= LongestName && name is not ("." or "..")
            && !name.AsSpan().ContainsAny('/', ':', '%') && !name.Any(char.IsWhiteSpace);
        if (!valid)
            throw new TunException($"'{name}' is no name for an interface: it has 1 to {LongestName} bytes, without spaces and the characters / : %", Errno.EINVAL);
    }
}
