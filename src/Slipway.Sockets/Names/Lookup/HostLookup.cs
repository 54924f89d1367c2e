namespace Slipway.Sockets;

/// <summary>Finds hosts in the sources that nsswitch.conf names, in its order: files and dns. A source of another name is passed over as unavailable.</summary>
/// <remarks>With <c>blocking</c> every method has finished when it returns; the look-ups differ in nothing else.</remarks>
internal sealed class HostLookup
{
    private readonly HostFiles _files;
    private readonly HostDatabase _hosts;
    private readonly DnsResolver _dns;

    public HostLookup(HostFiles files, HostDatabase hosts, DnsResolver dns)
    {
        _files = files;
        _hosts = hosts;
        _dns = dns;
    }

    /// <summary>The addresses of a name in one family, or in both (AF_UNSPEC). With AI_V4MAPPED also IPv4 where AF_INET6 asks for it.</summary>
    public async ValueTask<Found> ByNameAsync(string name, AddressFamily family, AddressInfoFlags flags, bool blocking, CancellationToken cancellationToken)
    {
        bool mapped = family == AddressFamily.Inet6 && (flags & AddressInfoFlags.AI_V4MAPPED) != AddressInfoFlags.None;
        bool always = (flags & AddressInfoFlags.AI_ALL) != AddressInfoFlags.None;
        var first = HostResult.Failure(HostError.HOST_NOT_FOUND);
        HostResult? second = null;
        foreach (NameServiceSwitch.Source source in NameServiceSwitch.Parse(_files.ReadText(NameServiceSwitch.Path)).Sources)
        {
            if (source.Name is not ("files" or "dns"))
            {
                if (source.StopsAfter(LookupStatus.Unavailable)) break;
                continue;
            }
            first = await AskAsync(source, name, family, blocking, cancellationToken);
            second = mapped && (always || !first.Succeeded) ? await AskAsync(source, name, AddressFamily.Inet, blocking, cancellationToken) : null;
            if (first.Succeeded || second is { Succeeded: true }) return new Found(HostError.None, first.Entry, second?.Entry);
            if (source.StopsAfter(StatusOf(Combine(first.Error, second?.Error)))) break;
        }
        return new Found(Combine(first.Error, second?.Error), null, null);
    }

    /// <summary>The host that has an address.</summary>
    public async ValueTask<HostResult> ByAddressAsync(InetAddress address, bool blocking, CancellationToken cancellationToken)
    {
        var result = HostResult.Failure(HostError.HOST_NOT_FOUND);
        foreach (NameServiceSwitch.Source source in NameServiceSwitch.Parse(_files.ReadText(NameServiceSwitch.Path)).Sources)
        {
            var status = LookupStatus.Unavailable;
            if (source.Name is "files" or "dns")
            {
                result = source.Name == "dns" ? await _dns.ByAddressAsync(address, blocking, cancellationToken) : InFile(_hosts.ByAddress(address));
                if (result.Succeeded) return result;
                status = StatusOf(result.Error);
            }
            if (source.StopsAfter(status)) break;
        }
        return result;
    }

    private ValueTask<HostResult> AskAsync(NameServiceSwitch.Source source, string name, AddressFamily family, bool blocking, CancellationToken cancellationToken)
        => source.Name == "dns" ? _dns.ByNameAsync(name, family, blocking, cancellationToken) : new ValueTask<HostResult>(InFile(_hosts.ByName(name, family)));

    private static HostResult InFile(HostEntry? entry) => entry is null ? HostResult.Failure(HostError.HOST_NOT_FOUND) : HostResult.Found(entry);

    // Two families failed, perhaps for two reasons. "Try again" must be true of both; that the name exists needs only one.
    private static HostError Combine(HostError first, HostError? second)
    {
        if (second is not { } other || other == first) return first;
        if (first == HostError.HOST_NOT_FOUND || other == HostError.HOST_NOT_FOUND) return HostError.HOST_NOT_FOUND;
        return first == HostError.NO_RECOVERY || other == HostError.NO_RECOVERY ? HostError.NO_RECOVERY : HostError.NO_DATA;
    }

    private static LookupStatus StatusOf(HostError error) => error switch
    {
        HostError.None => LookupStatus.Success,
        HostError.TRY_AGAIN => LookupStatus.TryAgain,
        HostError.NO_RECOVERY => LookupStatus.Unavailable,
        _ => LookupStatus.NotFound,
    };

    /// <summary>What was found: for the family asked for, and for IPv4 beside it.</summary>
    internal readonly record struct Found(HostError Error, HostEntry? Entry, HostEntry? MappedEntry)
    {
        public string CanonicalName => (Entry ?? MappedEntry)!.Name;

        public void CopyTo(List<InetAddress> addresses)
        {
            if (Entry is not null) addresses.AddRange(Entry.Addresses);
            if (MappedEntry is null) return;
            foreach (InetAddress address in MappedEntry.Addresses) addresses.Add(address.MapToIPv6());
        }
    }
}
