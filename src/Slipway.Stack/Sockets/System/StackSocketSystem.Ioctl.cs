using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>ioctl: what belongs to the descriptor, to any socket, to the host's interfaces, and last to the protocol.</summary>
public sealed partial class StackSocketSystem
{
    private const uint FirstPrivateRequest = 0x89F0, LastPrivateRequest = 0x89FF;
    private const uint FirstInterfaceRequest = 0x8910, LastInterfaceRequest = 0x894F;

    // FIGETBSZ (linux/fs.h), and the blocks of Linux's file system of sockets.
    private const uint BlockSizeRequest = 2;
    private const int BlockSize = 4096;

    /// <inheritdoc/>
    public override CallResult Ioctl(int descriptor, uint request, Span<byte> argument)
    {
        using (_loop.Enter())
        {
            if (!_table.TryGet(descriptor, out OpenFile? file)) return Errno.EBADF;
            switch (request)
            {
                case IoControl.FIOCLEX or IoControl.FIONCLEX:
                    _table.SetCloseOnExec(descriptor, request == IoControl.FIOCLEX);
                    return 0;
                case BlockSizeRequest:
                    if (argument.Length < 4) return Errno.EFAULT;
                    BinaryPrimitives.WriteInt32LittleEndian(argument, BlockSize);
                    return 0;
                case IoControl.FIONBIO:
                    if (argument.Length < 4) return Errno.EFAULT;
                    bool nonBlocking = BinaryPrimitives.ReadInt32LittleEndian(argument) != 0;
                    file.StatusFlags = nonBlocking ? file.StatusFlags | FileControl.O_NONBLOCK : file.StatusFlags & ~FileControl.O_NONBLOCK;
                    return 0;
                case IoControl.FIOASYNC:
                    if (argument.Length < 4) return Errno.EFAULT;
                    bool isAsync = BinaryPrimitives.ReadInt32LittleEndian(argument) != 0;
                    if (isAsync && file is not OpenSocket) return Errno.ENOTTY;
                    SetAsync(descriptor, file, isAsync);
                    return 0;
                default:
                    if (file is EpollFile set) return set.Ioctl(request, argument, _context);
                    return file is OpenSocket socket ? SocketIoctl(socket, request, argument) : Errno.ENOTTY;
            }
        }
    }

    private CallResult SocketIoctl(OpenSocket socket, uint request, Span<byte> argument)
    {
        switch (request)
        {
            case IoControl.FIOSETOWN or IoControl.SIOCSPGRP:
                return argument.Length < 4 ? Errno.EFAULT : SetOwner(socket, BinaryPrimitives.ReadInt32LittleEndian(argument));
            case IoControl.FIOGETOWN or IoControl.SIOCGPGRP:
                if (argument.Length < 4) return Errno.EFAULT;
                BinaryPrimitives.WriteInt32LittleEndian(argument, socket.Owner?.LiveTarget ?? 0);
                return 0;
            case IoControl.SIOCUNIXFILE when socket is UnixSocket local:
                return OpenPath(local);
            case IoControl.SIOCGIFCONF:
                return InterfaceRequests.Configuration(_host, argument);
            case IoControl.SIOCSHWTSTAMP or IoControl.SIOCGHWTSTAMP:
                if (argument.Length < InterfaceRequests.Length) return Errno.EFAULT;
                // No device has a clock of its own.
                return InterfaceRequests.Find(_host, argument) is null ? Errno.ENODEV : Errno.EOPNOTSUPP;
            default:
                // Packet sockets hand requests of IPv4 on to it.
                bool isIPv4 = socket.Family is AddressFamily.Inet or AddressFamily.Packet;
                if (InterfaceRequests.IsOne(request) && (isIPv4 || !InterfaceRequests.IsOfIPv4(request))) return InterfaceRequests.Answer(_host, request, argument);
                if (isIPv4 && NetworkRequests.IsOne(request)) return NetworkRequests.Serve(_host, _context, request, argument);
                if (socket.Family == AddressFamily.Inet6 && NetworkRequests6.IsOne(request)) return NetworkRequests6.Serve(_host, _context, request, argument);
                if (InterfaceChanges.IsOne(request)) return InterfaceChanges.Serve(_host, _context, isIPv4, request, argument);
                CallResult result = socket.Ioctl(request, argument);
                // struct ifreq is read before anybody looks whether there is such a request.
                if (result.Error == Errno.ENOTTY && request is >= FirstInterfaceRequest and <= LastInterfaceRequest and not IoControl.SIOCOUTQNSD && argument.Length < InterfaceRequests.Length) return Errno.EFAULT;
                if (result.Error == Errno.ENOTTY && request == IoControl.SIOCATMARK && argument.Length < sizeof(int)) return Errno.EFAULT;
                if (result.Error != Errno.ENOTTY || request is < FirstPrivateRequest or > LastPrivateRequest) return result;
                // Requests that each driver defines for itself: first the device is looked for.
                return argument.Length < InterfaceRequests.Length || InterfaceRequests.Find(_host, argument) is null ? Errno.ENODEV : Errno.EOPNOTSUPP;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<NetworkInterfaceInfo> GetInterfaces()
    {
        using (_loop.Enter())
        {
            var list = new List<NetworkInterfaceInfo>();
            foreach (NetworkInterface device in _host.Interfaces)
            {
                var addresses = new List<InterfaceAddress>();
                foreach (LocalAddress local in device.Addresses) addresses.Add(new InterfaceAddress(InterfaceRequests.ToInet(local, device), local.Prefix.Length));
                list.Add(new NetworkInterfaceInfo(device.Index, device.Name, device.Mtu, device.IsUp, device.IsLoopback, addresses));
            }
            return list;
        }
    }
}
