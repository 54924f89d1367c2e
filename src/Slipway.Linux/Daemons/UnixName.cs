using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>The address of a socket of the machine by its name: a path, or an abstract name after an @ (unix(7)).</summary>
internal static class UnixName
{
    private const int PathOffset = 2, PathLength = 108;

    /// <summary>struct sockaddr_un.</summary>
    /// <returns>Empty where the name does not fit.</returns>
    public static byte[] Address(string name)
    {
        int length = Encoding.UTF8.GetByteCount(name);
        // A path ends with a NUL; an abstract name has one instead of the @ and none at its end.
        bool isAbstract = name.StartsWith('@');
        if (length is 0 || length + (isAbstract ? 0 : 1) > PathLength) return [];
        byte[] address = new byte[PathOffset + length + (isAbstract ? 0 : 1)];
        address[0] = (byte)AddressFamily.Unix;
        Encoding.UTF8.GetBytes(name, address.AsSpan(PathOffset));
        if (isAbstract) address[PathOffset] = 0;
        return address;
    }
}
