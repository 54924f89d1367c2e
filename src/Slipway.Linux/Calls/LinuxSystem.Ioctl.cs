using System.Buffers;
using Slipway.Sockets;

namespace Slipway.Linux;

public sealed partial class LinuxSystem
{
    private const int InterfaceRequestLength = 40;

    /// <inheritdoc/>
    public override unsafe CallResult Ioctl(int descriptor, uint request, Span<byte> argument)
    {
        if (request == IoControl.SIOCGIFCONF) return InterfaceConfiguration(descriptor, argument);
        int needed = StructureLength(request);
        if (needed < 0) return UnknownIoctl(descriptor, request, argument);
        // Too short a structure goes as the null address: the kernel itself says EFAULT, or what stands before it (EBADF, ENOTTY).
        fixed (byte* structure = argument)
            return Libc.Result(Libc.Ioctl(descriptor, request, argument.Length < needed ? null : structure));
    }

    /// <summary>struct ifconf holds an address, so the span is ifc_buf and the value given back ifc_len.</summary>
    private static unsafe CallResult InterfaceConfiguration(int descriptor, Span<byte> room)
    {
        fixed (byte* buffer = room)
        {
            nint* configuration = stackalloc nint[2];
            configuration[0] = room.Length;
            configuration[1] = (nint)buffer;
            int status = Libc.Ioctl(descriptor, IoControl.SIOCGIFCONF, configuration);
            return status < 0 ? Libc.LastError : (int)configuration[0];
        }
    }

    /// <summary>A request whose structure is not known here gets room for the greatest that a request number can announce (14 bits), so that the kernel never writes past it.</summary>
    private static unsafe CallResult UnknownIoctl(int descriptor, uint request, Span<byte> argument)
    {
        const int Greatest = 1 << 14;
        byte[] scratch = ArrayPool<byte>.Shared.Rent(Greatest);
        try
        {
            Span<byte> room = scratch.AsSpan(0, Greatest);
            room.Clear();
            int used = Math.Min(argument.Length, Greatest);
            argument[..used].CopyTo(room);
            fixed (byte* structure = room)
            {
                CallResult result = Libc.Result(Libc.Ioctl(descriptor, request, structure));
                room[..used].CopyTo(argument);
                return result;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private static int StructureLength(uint request) => request switch
    {
        IoControl.FIONCLEX or IoControl.FIOCLEX => 0,
        IoControl.FIONREAD or IoControl.SIOCOUTQ or IoControl.FIONBIO or IoControl.FIOASYNC => sizeof(int),
        IoControl.FIOSETOWN or IoControl.SIOCSPGRP or IoControl.FIOGETOWN or IoControl.SIOCGPGRP or IoControl.SIOCATMARK => sizeof(int),
        IoControl.SIOCGSTAMP or IoControl.SIOCGSTAMPNS => 16,
        IoControl.SIOCOUTQNSD => -1, // streams write an int, others read a struct ifreq
        // The block of requests that take struct ifreq (netdevice(7)), SIOCGIFCONF aside.
        >= IoControl.SIOCGIFNAME and <= 0x894F => InterfaceRequestLength,
        _ => -1,
    };
}
