namespace Slipway.Sockets;

/// <summary>Asks the host which source address it would use to a destination: by connecting a datagram socket there, which sends nothing, and reading its own address.</summary>
internal sealed class SourceAddressProbe(SocketSystem sockets) : IDisposable
{
    private IReadOnlyList<NetworkInterfaceInfo>? _interfaces;
    private int _descriptor = -1;
    private AddressFamily _family;

    /// <summary>The source; null where the destination cannot be reached.</summary>
    public SourceAddress? Find(InetAddress destination)
    {
        if (_descriptor >= 0 && _family != destination.Family) Dispose();
        if (_descriptor < 0) Open(destination.Family);
        if (_descriptor < 0) return null;

        Span<byte> bytes = stackalloc byte[InetAddress.IPv6StructureLength];
        bytes.Clear();
        sockets.Connect(_descriptor, bytes[..InetAddress.IPv4StructureLength]); // AF_UNSPEC: forgets the peer before, and the source with it
        if (sockets.Connect(_descriptor, bytes[..destination.Write(bytes)]) != Errno.None) return null;
        int length = bytes.Length;
        if (sockets.GetSockName(_descriptor, bytes, ref length) != Errno.None || !InetAddress.TryRead(bytes[..length], out InetAddress source)) return null;
        return new SourceAddress(source, PrefixLength(source));
    }

    public void Dispose()
    {
        if (_descriptor >= 0) sockets.Close(_descriptor);
        _descriptor = -1;
    }

    private void Open(AddressFamily family)
    {
        CallResult result = sockets.Socket(family, SocketType.Datagram | SocketType.CloseOnExec, (int)IpProtocol.Ip);
        _descriptor = result.Succeeded ? result.Value : -1;
        _family = family;
    }

    private int PrefixLength(InetAddress source)
    {
        _interfaces ??= sockets.GetInterfaces();
        foreach (NetworkInterfaceInfo device in _interfaces)
            foreach (InterfaceAddress address in device.Addresses)
                if (address.Address.Family == source.Family && address.Address.Bits == source.Bits) return address.PrefixLength;
        return source.Family == AddressFamily.Inet ? 32 : 128;
    }
}
