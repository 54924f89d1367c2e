using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>findsvc NODENAME SERVICE: prints every way to reach a service that getaddrinfo finds.</summary>
public static class FindService
{
    public static void Main(HostProcess process)
    {
        if (process.Arguments.Count != 2)
        {
            process.Error.Write($"usage: {process.ProgramName} nodename service\n");
            process.ExitCode = 1;
            return;
        }

        var hints = new AddressInfoHints { Flags = AddressInfoFlags.AI_CANONNAME };
        AddressInfoResult found = process.Names.GetAddressInfo(process.Arguments[0], process.Arguments[1], hints);
        if (!found.Succeeded)
        {
            process.Error.Write($"getaddrinfo error: {found.Error.Describe()}\n");
            process.ExitCode = 1;
            return;
        }

        foreach (AddressInfo info in found.Entries)
        {
            process.Out.Write($"flags{Flags(info.Flags)} family {Family(info.Family)} type {Type(info.SocketType)} protocol {Protocol(info.Protocol)}\n");
            process.Out.Write($"\thost {info.CanonicalName ?? "-"}");
            if (info.Family == AddressFamily.Inet) process.Out.Write(string.Create(CultureInfo.InvariantCulture, $" address {Text(info.Address)} port {info.Address.Port}"));
            process.Out.Write("\n");
        }
    }

    private static string Flags(AddressInfoFlags flags)
    {
        if (flags == AddressInfoFlags.None) return " 0";
        string text = "";
        if (flags.HasFlag(AddressInfoFlags.AI_PASSIVE)) text += " passive";
        if (flags.HasFlag(AddressInfoFlags.AI_CANONNAME)) text += " canon";
        if (flags.HasFlag(AddressInfoFlags.AI_NUMERICHOST)) text += " numhost";
        if (flags.HasFlag(AddressInfoFlags.AI_NUMERICSERV)) text += " numserv";
        if (flags.HasFlag(AddressInfoFlags.AI_V4MAPPED)) text += " v4mapped";
        if (flags.HasFlag(AddressInfoFlags.AI_ALL)) text += " all";
        return text;
    }

    private static string Family(AddressFamily family) => family switch
    {
        AddressFamily.Inet => "inet",
        AddressFamily.Inet6 => "inet6",
        AddressFamily.Unix => "unix",
        AddressFamily.Unspecified => "unspecified",
        _ => "unknown",
    };

    private static string Type(SocketType type) => type switch
    {
        SocketType.Stream => "stream",
        SocketType.Datagram => "datagram",
        SocketType.SequencedPacket => "seqpacket",
        SocketType.Raw => "raw",
        _ => $"unknown ({(int)type})",
    };

    private static string Protocol(IpProtocol protocol) => protocol switch
    {
        IpProtocol.Ip => "default",
        IpProtocol.Tcp => "TCP",
        IpProtocol.Udp => "UDP",
        IpProtocol.Raw => "raw",
        _ => $"unknown ({(int)protocol})",
    };

    private static string Text(InetAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.WriteAddress(bytes);
        return InetText.Format(AddressFamily.Inet, bytes);
    }
}
