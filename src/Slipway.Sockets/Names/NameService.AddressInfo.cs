using System.Globalization;

namespace Slipway.Sockets;

/// <summary>getaddrinfo.</summary>
public sealed partial class NameService
{
    private const AddressInfoFlags KnownAddressInfoFlags = AddressInfoFlags.AI_PASSIVE | AddressInfoFlags.AI_CANONNAME | AddressInfoFlags.AI_NUMERICHOST | AddressInfoFlags.AI_V4MAPPED
        | AddressInfoFlags.AI_ALL | AddressInfoFlags.AI_ADDRCONFIG | AddressInfoFlags.AI_IDN | AddressInfoFlags.AI_CANONIDN
        | AddressInfoFlags.AI_IDN_ALLOW_UNASSIGNED | AddressInfoFlags.AI_IDN_USE_STD3_ASCII_RULES | AddressInfoFlags.AI_NUMERICSERV;

    /// <summary>getaddrinfo(3): addresses of a host and the port of a service, in the order in which to try them (RFC 6724).</summary>
    /// <param name="node">A host's name or an address as text. Null or <c>*</c>: this host itself.</param>
    /// <param name="service">A service's name or a number. Null, empty or <c>*</c>: port 0.</param>
    /// <param name="hints">What is wanted; null stands for <see cref="AddressInfoHints.Default"/>.</param>
    /// <returns>The entries or the EAI_ code. This call throws for none of them; see <see cref="AddressInfoResult.OrThrow"/>.</returns>
    public AddressInfoResult GetAddressInfo(string? node, string? service, AddressInfoHints? hints = null)
        => Finished(GetAddressInfoAsync(node, service, hints, blocking: true, CancellationToken.None));

    /// <summary>As <see cref="GetAddressInfo"/>, without blocking the thread.</summary>
    public ValueTask<AddressInfoResult> GetAddressInfoAsync(string? node, string? service, AddressInfoHints? hints = null, CancellationToken cancellationToken = default)
        => GetAddressInfoAsync(node, service, hints, blocking: false, cancellationToken);

    private async ValueTask<AddressInfoResult> GetAddressInfoAsync(string? node, string? service, AddressInfoHints? hints, bool blocking, CancellationToken cancellationToken)
    {
        hints ??= AddressInfoHints.Default;
        if (node == "*") node = null;
        if (service == "*") service = null;
        AddressInfoError error = Check(node, service, hints);
        if (error != AddressInfoError.None) return AddressInfoResult.Failure(error);
        (error, AddressInfoHints effective) = LimitToConfiguredFamilies(hints);
        if (error != AddressInfoError.None) return AddressInfoResult.Failure(error);
        error = ServiceChoice.Find(Services, service, effective, out List<ServiceChoice> choices);
        if (error != AddressInfoError.None) return AddressInfoResult.Failure(error);

        var addresses = new List<InetAddress>();
        string? canonicalName = null;
        if (node is null) AddOwnAddresses(effective, addresses);
        else
        {
            (error, canonicalName) = await FindAddressesAsync(node, effective, addresses, blocking, cancellationToken);
            if (error != AddressInfoError.None) return AddressInfoResult.Failure(error);
        }
        return new AddressInfoResult(AddressInfoError.None, Errno.None, Combine(SortByPreference(addresses), choices, hints.Flags, canonicalName));
    }

    private static AddressInfoError Check(string? node, string? service, AddressInfoHints hints)
    {
        if (node is null && service is null) return AddressInfoError.EAI_NONAME;
        if ((hints.Flags & ~KnownAddressInfoFlags) != AddressInfoFlags.None) return AddressInfoError.EAI_BADFLAGS;
        if (node is null && (hints.Flags & AddressInfoFlags.AI_CANONNAME) != AddressInfoFlags.None) return AddressInfoError.EAI_BADFLAGS;
        if (hints.Family is not (AddressFamily.Unspecified or AddressFamily.Inet or AddressFamily.Inet6)) return AddressInfoError.EAI_FAMILY;
        bool numberWanted = (hints.Flags & AddressInfoFlags.AI_NUMERICSERV) != AddressInfoFlags.None;
        return numberWanted && !string.IsNullOrEmpty(service) && !ServiceChoice.IsNumber(service) ? AddressInfoError.EAI_NONAME : AddressInfoError.None;
    }

    // AI_ADDRCONFIG: a family of which this host has no address (127.0.0.1 and ::1 do not count) is not looked for. Without hint of a family that holds only
    // where it has addresses of the other.
    private (AddressInfoError Error, AddressInfoHints Hints) LimitToConfiguredFamilies(AddressInfoHints hints)
    {
        if ((hints.Flags & AddressInfoFlags.AI_ADDRCONFIG) == AddressInfoFlags.None) return (AddressInfoError.None, hints);
        bool hasIPv4 = false, hasIPv6 = false;
        foreach (NetworkInterfaceInfo device in _sockets.GetInterfaces())
        {
            foreach (InterfaceAddress address in device.Addresses)
            {
                hasIPv4 |= address.Address.Family == AddressFamily.Inet && address.Address.IPv4Bits != InetAddress.LoopbackIPv4().IPv4Bits;
                hasIPv6 |= address.Address.Family == AddressFamily.Inet6 && address.Address.Bits != 1;
            }
        }
        return hints.Family switch
        {
            AddressFamily.Unspecified when hasIPv4 != hasIPv6 => (AddressInfoError.None, hints with { Family = hasIPv4 ? AddressFamily.Inet : AddressFamily.Inet6 }),
            AddressFamily.Inet when !hasIPv4 => (AddressInfoError.EAI_NONAME, hints),
            AddressFamily.Inet6 when !hasIPv6 => (AddressInfoError.EAI_NONAME, hints),
            _ => (AddressInfoError.None, hints),
        };
    }

    private static void AddOwnAddresses(AddressInfoHints hints, List<InetAddress> addresses)
    {
        bool passive = (hints.Flags & AddressInfoFlags.AI_PASSIVE) != AddressInfoFlags.None;
        if (hints.Family != AddressFamily.Inet) addresses.Add(passive ? InetAddress.AnyIPv6() : InetAddress.LoopbackIPv6());
        if (hints.Family != AddressFamily.Inet6) addresses.Add(passive ? InetAddress.AnyIPv4() : InetAddress.LoopbackIPv4());
    }

    private async ValueTask<(AddressInfoError Error, string? CanonicalName)> FindAddressesAsync(
        string node, AddressInfoHints hints, List<InetAddress> addresses, bool blocking, CancellationToken cancellationToken)
    {
        bool wantsCanonicalName = (hints.Flags & AddressInfoFlags.AI_CANONNAME) != AddressInfoFlags.None;
        if ((hints.Flags & AddressInfoFlags.AI_IDN) != AddressInfoFlags.None && !TryEncode(ref node, hints.Flags)) return (AddressInfoError.EAI_IDN_ENCODE, null);
        AddressInfoError error = NumericHost.TryRead(node, hints, _sockets, out bool isAddress, out InetAddress address);
        if (error != AddressInfoError.None) return (error, null);
        if (isAddress)
        {
            addresses.Add(address);
            return (AddressInfoError.None, wantsCanonicalName ? node : null);
        }
        if ((hints.Flags & AddressInfoFlags.AI_NUMERICHOST) != AddressInfoFlags.None) return (AddressInfoError.EAI_NONAME, null);

        HostLookup.Found found = await _lookup.ByNameAsync(node, hints.Family, hints.Flags, blocking, cancellationToken);
        if (found.Error != HostError.None) return (ToAddressInfoError(found.Error), null);
        found.CopyTo(addresses);
        if (!wantsCanonicalName) return (AddressInfoError.None, null);
        string canonicalName = found.CanonicalName;
        if ((hints.Flags & AddressInfoFlags.AI_CANONIDN) != AddressInfoFlags.None) canonicalName = Decode(canonicalName, Idn(hints.Flags));
        return (AddressInfoError.None, canonicalName);
    }

    private static AddressInfoError ToAddressInfoError(HostError error) => error switch
    {
        HostError.TRY_AGAIN => AddressInfoError.EAI_AGAIN,
        HostError.NO_RECOVERY => AddressInfoError.EAI_FAIL,
        HostError.NO_DATA => AddressInfoError.EAI_NODATA,
        _ => AddressInfoError.EAI_NONAME,
    };

    private static AddressInfo[] Combine(IReadOnlyList<InetAddress> addresses, List<ServiceChoice> choices, AddressInfoFlags flags, string? canonicalName)
    {
        var entries = new AddressInfo[addresses.Count * choices.Count];
        for (int index = 0; index < entries.Length; index++)
        {
            (int address, int choice) = Math.DivRem(index, choices.Count);
            entries[index] = new AddressInfo(
                flags, addresses[address].Family, choices[choice].SocketType, choices[choice].Protocol, addresses[address].WithPort(choices[choice].Port), index == 0 ? canonicalName : null);
        }
        return entries;
    }

    private IReadOnlyList<InetAddress> SortByPreference(List<InetAddress> addresses)
    {
        if (addresses.Count < 2) return addresses;
        AddressSelectionPolicy policy = AddressSelectionPolicy.Parse(_files.ReadText("/etc/gai.conf"), AddressSelectionPolicy.Rfc6724);
        var candidates = new AddressCandidate[addresses.Count];
        using (var sources = new SourceAddressProbe(_sockets))
        {
            for (int index = 0; index < candidates.Length; index++) candidates[index] = new AddressCandidate(addresses[index], sources.Find(addresses[index]));
        }
        AddressSelection.Sort(candidates, policy);
        return Array.ConvertAll(candidates, static candidate => candidate.Destination);
    }

    private static IdnMapping Idn(AddressInfoFlags flags) => new()
    {
        AllowUnassigned = (flags & AddressInfoFlags.AI_IDN_ALLOW_UNASSIGNED) != AddressInfoFlags.None,
        UseStd3AsciiRules = (flags & AddressInfoFlags.AI_IDN_USE_STD3_ASCII_RULES) != AddressInfoFlags.None,
    };

    private static bool TryEncode(ref string name, AddressInfoFlags flags)
    {
        if (System.Text.Ascii.IsValid(name)) return true;
        try
        {
            name = Idn(flags).GetAscii(name);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string Decode(string name, IdnMapping mapping)
    {
        try
        {
            return mapping.GetUnicode(name);
        }
        catch (ArgumentException)
        {
            return name; // not an encoded name: it stays as it is
        }
    }
}
