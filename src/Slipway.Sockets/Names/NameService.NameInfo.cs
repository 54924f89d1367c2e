using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Slipway.Sockets;

/// <summary>getnameinfo.</summary>
public sealed partial class NameService
{
    /// <summary>NI_MAXHOST: room for every host name and its NUL.</summary>
    public const int MaximumHostLength = 1025;

    /// <summary>NI_MAXSERV: room for every service name and its NUL.</summary>
    public const int MaximumServiceLength = 32;

    private const NameInfoFlags KnownNameInfoFlags = NameInfoFlags.NI_NUMERICHOST | NameInfoFlags.NI_NUMERICSERV | NameInfoFlags.NI_NOFQDN
        | NameInfoFlags.NI_NAMEREQD | NameInfoFlags.NI_DGRAM
        | NameInfoFlags.NI_IDN | NameInfoFlags.NI_IDN_ALLOW_UNASSIGNED | NameInfoFlags.NI_IDN_USE_STD3_ASCII_RULES;

    /// <summary>getnameinfo(3): the names of an address and its port.</summary>
    /// <returns>The names or the EAI_ code; see <see cref="NameInfoResult.OrThrow"/>.</returns>
    public NameInfoResult GetNameInfo(InetAddress address, NameInfoFlags flags = NameInfoFlags.None)
    {
        Span<byte> bytes = stackalloc byte[InetAddress.IPv6StructureLength];
        return GetNameInfo(bytes[..address.Write(bytes)], MaximumHostLength, MaximumServiceLength, flags);
    }

    /// <summary>As <see cref="GetNameInfo(InetAddress, NameInfoFlags)"/>, without blocking the thread.</summary>
    public ValueTask<NameInfoResult> GetNameInfoAsync(InetAddress address, NameInfoFlags flags = NameInfoFlags.None, CancellationToken cancellationToken = default)
    {
        byte[] bytes = new byte[address.StructureLength];
        address.Write(bytes);
        return GetNameInfoAsync(bytes, MaximumHostLength, MaximumServiceLength, flags, blocking: false, cancellationToken);
    }

    /// <summary>getnameinfo(3) in C's shape.</summary>
    /// <param name="address">A sockaddr: sockaddr_in, sockaddr_in6 or sockaddr_un; another or a short one fails with EAI_FAMILY.</param>
    /// <param name="hostLength">Bytes of room for the host with its NUL; 0: the host is not asked for. Too few fail with EAI_OVERFLOW.</param>
    /// <param name="serviceLength">The same for the service.</param>
    /// <param name="flags">NI_ flags.</param>
    public NameInfoResult GetNameInfo(ReadOnlySpan<byte> address, int hostLength, int serviceLength, NameInfoFlags flags)
        => Finished(GetNameInfoAsync(address.ToArray(), hostLength, serviceLength, flags, blocking: true, CancellationToken.None));

    private async ValueTask<NameInfoResult> GetNameInfoAsync(byte[] structure, int hostLength, int serviceLength, NameInfoFlags flags, bool blocking, CancellationToken cancellationToken)
    {
        if ((flags & ~KnownNameInfoFlags) != NameInfoFlags.None) return Failure(AddressInfoError.EAI_BADFLAGS);
        bool wantsHost = hostLength > 0, wantsService = serviceLength > 0;
        if (structure.Length < 2) return Failure(AddressInfoError.EAI_FAMILY);
        if (Has(flags, NameInfoFlags.NI_NAMEREQD) && !wantsHost && !wantsService) return Failure(AddressInfoError.EAI_NONAME);
        if (BinaryPrimitives.ReadUInt16LittleEndian(structure) == (ushort)AddressFamily.Unix) return OfLocalSocket(structure, hostLength, serviceLength, flags);
        if (!InetAddress.TryRead(structure, out InetAddress address) || structure.Length < address.StructureLength) return Failure(AddressInfoError.EAI_FAMILY);

        string host = "", service = "";
        if (wantsHost)
        {
            (AddressInfoError error, host) = await FindHostNameAsync(address, flags, blocking, cancellationToken);
            if (error != AddressInfoError.None) return Failure(error);
            if (!Fits(host, hostLength)) return Failure(AddressInfoError.EAI_OVERFLOW);
        }
        if (wantsService)
        {
            service = FindServiceName(address.Port, flags);
            if (!Fits(service, serviceLength)) return Failure(AddressInfoError.EAI_OVERFLOW);
        }
        return new NameInfoResult(AddressInfoError.None, Errno.None, host, service);
    }

    private async ValueTask<(AddressInfoError Error, string Name)> FindHostNameAsync(InetAddress address, NameInfoFlags flags, bool blocking, CancellationToken cancellationToken)
    {
        if (!Has(flags, NameInfoFlags.NI_NUMERICHOST))
        {
            HostResult found = await _lookup.ByAddressAsync(address, blocking, cancellationToken);
            if (found.Entry is { } entry)
            {
                string name = entry.Name;
                if (Has(flags, NameInfoFlags.NI_NOFQDN)) name = WithoutOwnDomain(name, await FindOwnDomainAsync(blocking, cancellationToken));
                return (AddressInfoError.None, Has(flags, NameInfoFlags.NI_IDN) ? Decode(name, Idn(flags)) : name);
            }
            if (found.Error == HostError.TRY_AGAIN) return (AddressInfoError.EAI_AGAIN, "");
        }
        return Has(flags, NameInfoFlags.NI_NAMEREQD) ? (AddressInfoError.EAI_NONAME, "") : (AddressInfoError.None, NumericHost.Format(address, _sockets));
    }

    private string FindServiceName(ushort port, NameInfoFlags flags)
    {
        ServiceEntry? entry = Has(flags, NameInfoFlags.NI_NUMERICSERV) ? null : Services.ByPort(port, Has(flags, NameInfoFlags.NI_DGRAM) ? "udp" : "tcp");
        return entry?.Name ?? port.ToString(CultureInfo.InvariantCulture);
    }

    // The domain of this host: of the official name of localhost, else of the host's own name, else of what that name or 127.0.0.1 is called.
    private async ValueTask<string?> FindOwnDomainAsync(bool blocking, CancellationToken cancellationToken)
    {
        HostResult local = await GetHostByNameAsync("localhost", AddressFamily.Inet, blocking, cancellationToken);
        if (DomainOf(local.Entry?.Name) is { } ofLocalhost) return ofLocalhost;
        if (DomainOf(_hostName) is { } ofHostName) return ofHostName;
        HostResult own = await GetHostByNameAsync(_hostName, AddressFamily.Inet, blocking, cancellationToken);
        if (DomainOf(own.Entry?.Name) is { } ofOwn) return ofOwn;
        HostResult loopback = await _lookup.ByAddressAsync(InetAddress.LoopbackIPv4(), blocking, cancellationToken);
        return DomainOf(loopback.Entry?.Name);
    }

    private static string? DomainOf(string? name)
    {
        int dot = name?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        return dot < 0 || dot == name!.Length - 1 ? null : name[(dot + 1)..];
    }

    private static string WithoutOwnDomain(string name, string? domain)
    {
        if (domain is null) return name;
        int start = name.IndexOf(domain, StringComparison.Ordinal);
        return start > 0 && name[start - 1] == '.' ? name[..(start - 1)] : name;
    }

    private NameInfoResult OfLocalSocket(ReadOnlySpan<byte> structure, int hostLength, int serviceLength, NameInfoFlags flags)
    {
        string host = hostLength <= 0 ? "" : Has(flags, NameInfoFlags.NI_NUMERICHOST) ? "localhost" : _hostName;
        ReadOnlySpan<byte> path = structure[2..];
        int end = path.IndexOf((byte)0);
        string service = serviceLength <= 0 ? "" : Encoding.UTF8.GetString(end < 0 ? path : path[..end]);
        return hostLength > 0 && !Fits(host, hostLength) || serviceLength > 0 && !Fits(service, serviceLength)
            ? Failure(AddressInfoError.EAI_OVERFLOW)
            : new NameInfoResult(AddressInfoError.None, Errno.None, host, service);
    }

    private static IdnMapping Idn(NameInfoFlags flags) => new()
    {
        AllowUnassigned = Has(flags, NameInfoFlags.NI_IDN_ALLOW_UNASSIGNED),
        UseStd3AsciiRules = Has(flags, NameInfoFlags.NI_IDN_USE_STD3_ASCII_RULES),
    };

    private static bool Has(NameInfoFlags flags, NameInfoFlags flag) => (flags & flag) != NameInfoFlags.None;

    private static bool Fits(string text, int room) => Encoding.UTF8.GetByteCount(text) < room;

    private static NameInfoResult Failure(AddressInfoError error) => new(error, Errno.None, "", "");
}
