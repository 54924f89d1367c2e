namespace Slipway.Sockets;

/// <summary>Requests of ioctl(2) on sockets, by Linux's numbers (socket(7), netdevice(7), ip(7), tcp(7)).</summary>
public static class IoControl
{
    /// <summary>int out: bytes to read (TCP), or length of the first datagram (UDP). Also SIOCINQ.</summary>
    public const uint FIONREAD = 0x541B;

    /// <summary>int out: bytes in the send queue not yet acknowledged. Also TIOCOUTQ.</summary>
    public const uint SIOCOUTQ = 0x5411;

    /// <summary>int in: switch O_NONBLOCK.</summary>
    public const uint FIONBIO = 0x5421;

    /// <summary>Clear FD_CLOEXEC.</summary>
    public const uint FIONCLEX = 0x5450;

    /// <summary>Set FD_CLOEXEC.</summary>
    public const uint FIOCLEX = 0x5451;

    /// <summary>int in: switch O_ASYNC.</summary>
    public const uint FIOASYNC = 0x5452;

    /// <summary>int in: set the owner.</summary>
    public const uint FIOSETOWN = 0x8901;

    /// <summary>int in: set the owner.</summary>
    public const uint SIOCSPGRP = 0x8902;

    /// <summary>int out: the owner.</summary>
    public const uint FIOGETOWN = 0x8903;

    /// <summary>int out: the owner.</summary>
    public const uint SIOCGPGRP = 0x8904;

    /// <summary>int out: whether the next byte to read is at the urgent mark.</summary>
    public const uint SIOCATMARK = 0x8905;

    /// <summary>int out: bytes in the send queue of a stream that were not sent yet.</summary>
    public const uint SIOCOUTQNSD = 0x894B;

    /// <summary>struct timeval out: arrival of the last packet passed to the user.</summary>
    public const uint SIOCGSTAMP = 0x8906;

    /// <summary>struct timespec out: arrival of the last packet passed to the user.</summary>
    public const uint SIOCGSTAMPNS = 0x8907;

    /// <summary>struct ifreq: name of the interface with a given index.</summary>
    public const uint SIOCGIFNAME = 0x8910;

    /// <summary>
    /// The IPv4 addresses of all interfaces. C's struct ifconf holds an address, so here the argument is ifc_buf itself, room for struct ifreq's of 40 bytes, and
    /// the value of the call is ifc_len: the bytes written, or for an empty span the bytes that would be.
    /// </summary>
    public const uint SIOCGIFCONF = 0x8912;

    /// <summary>struct ifreq: flags.</summary>
    public const uint SIOCGIFFLAGS = 0x8913;

    /// <summary>struct ifreq: IPv4 address.</summary>
    public const uint SIOCGIFADDR = 0x8915;

    /// <summary>struct ifreq: broadcast address.</summary>
    public const uint SIOCGIFBRDADDR = 0x8919;

    /// <summary>struct ifreq: netmask.</summary>
    public const uint SIOCGIFNETMASK = 0x891B;

    /// <summary>struct ifreq: MTU.</summary>
    public const uint SIOCGIFMTU = 0x8921;

    /// <summary>struct ifreq: hardware address.</summary>
    public const uint SIOCGIFHWADDR = 0x8927;

    /// <summary>struct ifreq: index.</summary>
    public const uint SIOCGIFINDEX = 0x8933;

    /// <summary>struct epoll_params in: busy polling of an epoll set: microseconds (32 bits), packets (16 bits), whether it goes before interrupts (8 bits), a zero.</summary>
    public const uint EPIOCSPARAMS = 0x4008_8A01;

    /// <summary>struct epoll_params out.</summary>
    public const uint EPIOCGPARAMS = 0x8008_8A02;

    /// <summary>struct ifreq: how the device stamps packets by its own clock; EOPNOTSUPP for one without.</summary>
    public const uint SIOCSHWTSTAMP = 0x89B0;

    /// <summary>struct ifreq: reads that.</summary>
    public const uint SIOCGHWTSTAMP = 0x89B1;

    /// <summary>Adds a route (struct rtentry, of IPv6 struct in6_rtmsg; route(8)).</summary>
    public const uint SIOCADDRT = 0x890B;

    /// <summary>Removes a route.</summary>
    public const uint SIOCDELRT = 0x890C;

    /// <summary>Sets flags of an interface.</summary>
    public const uint SIOCSIFFLAGS = 0x8914;

    /// <summary>Sets the IPv4 address of an interface, or adds an IPv6 one.</summary>
    public const uint SIOCSIFADDR = 0x8916;

    /// <summary>The address at the other end of the link.</summary>
    public const uint SIOCGIFDSTADDR = 0x8917;

    /// <summary>Sets it.</summary>
    public const uint SIOCSIFDSTADDR = 0x8918;

    /// <summary>Sets the broadcast address.</summary>
    public const uint SIOCSIFBRDADDR = 0x891A;

    /// <summary>Sets the netmask.</summary>
    public const uint SIOCSIFNETMASK = 0x891C;

    /// <summary>The metric of an interface; always 0.</summary>
    public const uint SIOCGIFMETRIC = 0x891D;

    /// <summary>Sets it: nowhere on Linux.</summary>
    public const uint SIOCSIFMETRIC = 0x891E;

    /// <summary>Sets the MTU.</summary>
    public const uint SIOCSIFMTU = 0x8922;

    /// <summary>Sets the name.</summary>
    public const uint SIOCSIFNAME = 0x8923;

    /// <summary>Sets the link-layer address.</summary>
    public const uint SIOCSIFHWADDR = 0x8924;

    /// <summary>Removes an IPv6 address.</summary>
    public const uint SIOCDIFADDR = 0x8936;

    /// <summary>Length of the send queue in packets.</summary>
    public const uint SIOCGIFTXQLEN = 0x8942;

    /// <summary>Sets it.</summary>
    public const uint SIOCSIFTXQLEN = 0x8943;

    /// <summary>Asks the driver (ethtool(8)).</summary>
    public const uint SIOCETHTOOL = 0x8946;

    /// <summary>Forgets an IPv4 neighbour (struct arpreq; arp(7)).</summary>
    public const uint SIOCDARP = 0x8953;

    /// <summary>Asks for one.</summary>
    public const uint SIOCGARP = 0x8954;

    /// <summary>Sets one.</summary>
    public const uint SIOCSARP = 0x8955;

    /// <summary>Memory and interrupt of the hardware.</summary>
    public const uint SIOCGIFMAP = 0x8970;

    /// <summary>Sets them.</summary>
    public const uint SIOCSIFMAP = 0x8971;

    /// <summary>Opens the place of a local socket's name, as open(2) with O_PATH does; gives the descriptor. For CAP_NET_ADMIN (unix(7)).</summary>
    public const uint SIOCUNIXFILE = 0x89E0;
}
