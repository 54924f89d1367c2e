using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>
/// connect_retry: connects with exponential back-off, for a server that may only be starting. Each try has a socket of its own, because a socket whose connect failed
/// is of no more use on many systems.
/// </summary>
public static class ConnectRetry
{
    private const int LongestSleep = 128;

    /// <summary>Tries, sleeps 1 second, tries, sleeps 2 seconds, and so on: the last of the eight tries comes 127 seconds after the first.</summary>
    /// <param name="process">Whose sockets and clock are used.</param>
    /// <param name="family">The address family.</param>
    /// <param name="type">The socket's type.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="address">Where to.</param>
    /// <param name="error">Why there is no connection: the error of the last connect, or of socket, which is not tried again.</param>
    /// <returns>The connected socket, or null.</returns>
    public static Socket? Connect(HostProcess process, AddressFamily family, SocketType type, IpProtocol protocol, InetAddress address, out Errno error)
    {
        Span<byte> bytes = stackalloc byte[InetAddress.IPv6StructureLength];
        ReadOnlySpan<byte> destination = bytes[..address.Write(bytes)];
        error = Errno.None;
        for (int seconds = 1; seconds <= LongestSleep; seconds *= 2)
        {
            CallResult opened = process.Sockets.Socket(family, type, (int)protocol);
            if (!opened.Succeeded)
            {
                error = opened.Error;
                return null;
            }
            error = process.Sockets.Connect(opened.Value, destination);
            if (error == Errno.None) return new Socket(process.Sockets, opened.Value);
            process.Sockets.Close(opened.Value);
            // After the last try nobody would profit from waiting.
            if (seconds <= LongestSleep / 2) process.Sleep(TimeSpan.FromSeconds(seconds));
        }
        return null;
    }
}
