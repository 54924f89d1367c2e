namespace Slipway.Cli;

/// <summary>The tables of sockets that ss can ask for.</summary>
[Flags]
internal enum SsKinds
{
    None = 0,
    Netlink = 1,
    UnixStream = 2,
    UnixDatagram = 4,
    UnixPacket = 8,
    Raw = 16,
    Udp = 32,
    Tcp = 64,
    PacketRaw = 128,
    PacketDatagram = 256,

    Unix = UnixStream | UnixDatagram | UnixPacket,
    Internet = Raw | Udp | Tcp,
    Packet = PacketRaw | PacketDatagram,
    All = Netlink | Packet | Unix | Internet,
}
