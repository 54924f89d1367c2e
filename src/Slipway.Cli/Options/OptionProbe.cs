using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>Asks live sockets of a system for the options of the table. Each option gets a new socket, so that none sees what another left behind.</summary>
internal static class OptionProbe
{
    private const int MaxValue = 1024;

    /// <summary>Reads the option's default, and tries to set it to what was read.</summary>
    public static OptionReading Read(SocketSystem system, SocketOptionDefinition option)
    {
        CallResult opened = Open(system, option);
        if (!opened.Succeeded) return OptionReading.NoSocket(opened.Error.Name());
        try
        {
            return Read(system, opened.Value, option);
        }
        finally
        {
            system.Close(opened.Value);
        }
    }

    private static OptionReading Read(SocketSystem system, int socket, SocketOptionDefinition option)
    {
        Span<byte> value = stackalloc byte[MaxValue];
        int length = MaxValue;
        Errno readError = system.GetSockOpt(socket, option.Level, option.Number, value, ref length);
        bool wasRead = readError == Errno.None && length > 0;
        // An option that is only set is tried with zeros: any error but "unknown" and "not allowed" shows that it is there.
        Span<byte> given = wasRead ? value[..length] : value[..Math.Max(option.ValueSize, 4)];
        if (!wasRead) given.Clear();
        Errno setError = system.SetSockOpt(socket, option.Level, option.Number, given);
        bool isSettable = setError == Errno.None || (!wasRead && option.CanSet && !IsRefusal(setError));
        string text = readError != Errno.None ? (option.CanGet ? readError.Name() : "") : OptionText.Value(option.Kind, value[..length]);
        return new OptionReading(text, readError == Errno.None ? length : 0, isSettable, HasSocket: true);
    }

    private static bool IsRefusal(Errno error) => error is Errno.ENOPROTOOPT or Errno.EOPNOTSUPP or Errno.EPERM or Errno.EACCES;

    private static CallResult Open(SocketSystem system, SocketOptionDefinition option)
    {
        AddressFamily family = option.Level is SocketLevel.IPPROTO_IPV6 or SocketLevel.IPPROTO_ICMPV6 ? AddressFamily.Inet6 : AddressFamily.Inet;
        SocketOptionScope scope = option.AppliesTo;
        if ((scope & SocketOptionScope.Datagram) != 0) return system.Socket(family, SocketType.Datagram, 0);
        if ((scope & SocketOptionScope.Streams) != 0) return system.Socket(family, SocketType.Stream, 0);
        if ((scope & SocketOptionScope.Raw) != 0)
            return system.Socket(family, SocketType.Raw, (int)(family == AddressFamily.Inet ? IpProtocol.Icmp : IpProtocol.IcmpV6));
        if ((scope & SocketOptionScope.Local) != 0) return system.Socket(AddressFamily.Unix, SocketType.Stream, 0);
        if ((scope & SocketOptionScope.Packet) == 0) return system.Socket(AddressFamily.Netlink, SocketType.Raw, NetlinkProtocol.NETLINK_ROUTE);
        return system.Socket(AddressFamily.Packet, SocketType.Raw, 0);
    }
}
