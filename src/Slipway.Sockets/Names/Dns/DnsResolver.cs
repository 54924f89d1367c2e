namespace Slipway.Sockets;

/// <summary>
/// A stub resolver (RFC 1034 §5.3.1): it asks the servers of /etc/resolv.conf, which do the real work, over the host's own sockets. Source ports are the system's choice;
/// a response counts only from the server asked, with the identifier, name, type and class of the question.
/// </summary>
internal sealed class DnsResolver(SocketSystem sockets, HostFiles files, string hostName, TimeProvider time, Func<uint> random)
{
    private const int MaximumAliases = 16;

    /// <summary>Looks a name up, in the search domains too. AF_UNSPEC asks for both families at once.</summary>
    public async ValueTask<HostResult> ByNameAsync(string name, AddressFamily family, bool blocking, CancellationToken cancellationToken)
    {
        ResolverConfiguration configuration = ResolverConfiguration.Parse(files.ReadText(ResolverConfiguration.Path), hostName, sockets);
        DnsRecordType[] types = family switch
        {
            AddressFamily.Inet => [DnsRecordType.A],
            AddressFamily.Inet6 => [DnsRecordType.Aaaa],
            _ => configuration.SkipsIPv6 ? [DnsRecordType.A] : [DnsRecordType.A, DnsRecordType.Aaaa],
        };
        var exchange = new DnsExchange(sockets, time, configuration, random, blocking, cancellationToken);
        bool isFull = name.EndsWith('.');
        bool asItIsFirst = isFull || name.Count('.') >= configuration.Dots;
        // Where the name was tried as it is, that answer is the final one if all fails; else the best of what the domains gave.
        HostError? asItIs = null, inDomains = null;
        if (asItIsFirst)
        {
            HostResult result = (await QueryAsync(exchange, name, types, family)).Result;
            if (result.Succeeded || isFull) return result;
            asItIs = result.Error;
        }
        foreach (string domain in configuration.Search)
        {
            (HostResult result, bool serverFailed) = await QueryAsync(exchange, domain == "." ? name : $"{name}.{domain.TrimEnd('.')}", types, family);
            if (result.Succeeded) return result;
            if (inDomains is null or HostError.HOST_NOT_FOUND || result.Error == HostError.NO_DATA) inDomains = result.Error;
            bool goesOn = result.Error is HostError.HOST_NOT_FOUND or HostError.NO_DATA || serverFailed;
            if (!goesOn) break;
        }
        if (asItIs is null)
        {
            HostResult result = (await QueryAsync(exchange, name, types, family)).Result;
            if (result.Succeeded) return result;
            asItIs = inDomains is null or HostError.HOST_NOT_FOUND ? result.Error : inDomains;
        }
        return HostResult.Failure(asItIs.Value);
    }

    /// <summary>Looks an address up.</summary>
    public async ValueTask<HostResult> ByAddressAsync(InetAddress address, bool blocking, CancellationToken cancellationToken)
    {
        ResolverConfiguration configuration = ResolverConfiguration.Parse(files.ReadText(ResolverConfiguration.Path), hostName, sockets);
        var exchange = new DnsExchange(sockets, time, configuration, random, blocking, cancellationToken);
        var question = DnsQuestion.Create(DnsName.Reverse(address), DnsRecordType.Ptr, (ushort)random());
        DnsResponse? response = (await exchange.AskAsync([question!]))[0];
        HostError error = ErrorOf(response);
        if (error != HostError.None) return HostResult.Failure(error);
        string owner = FollowAliases(response!, question!.Name, out _);
        foreach (DnsRecord record in response!.Records)
            if (record.Type == DnsRecordType.Ptr && record.Owner == owner) return HostResult.Found(new HostEntry(record.Target!, [], address.Family, [address.WithPort(0)]));
        return HostResult.Failure(HostError.NO_DATA);
    }

    private async ValueTask<(HostResult Result, bool ServerFailed)> QueryAsync(DnsExchange exchange, string name, DnsRecordType[] types, AddressFamily family)
    {
        var questions = new DnsQuestion[types.Length];
        for (int index = 0; index < types.Length; index++)
        {
            if (DnsQuestion.Create(name, types[index], (ushort)random()) is not { } question) return (HostResult.Failure(HostError.HOST_NOT_FOUND), false);
            questions[index] = question;
        }
        DnsResponse?[] responses = await exchange.AskAsync(questions);
        HostEntry? entry = null;
        HostError error = HostError.None;
        for (int index = 0; index < responses.Length; index++)
        {
            HostError failure = ErrorOf(responses[index]);
            HostEntry? part = failure == HostError.None ? Collect(responses[index]!, questions[index], family) : null;
            if (failure == HostError.None && part is null) failure = HostError.NO_DATA;
            entry = part is null ? entry : entry is null ? part : entry with { Addresses = [.. entry.Addresses, .. part.Addresses] };
            error = Worse(error, failure);
        }
        bool serverFailed = Array.Exists(responses, static response => response is { Header.ResponseCode: DnsResponseCode.ServerFailure });
        return (entry is null ? HostResult.Failure(error) : HostResult.Found(entry), serverFailed);
    }

    private static HostError ErrorOf(DnsResponse? response)
    {
        if (response is null || response.AsksForAnotherServer) return HostError.TRY_AGAIN;
        if (response.IsMalformed) return HostError.NO_RECOVERY;
        return response.Header.ResponseCode switch
        {
            DnsResponseCode.NoError => HostError.None,
            DnsResponseCode.NameError => HostError.HOST_NOT_FOUND,
            _ => HostError.NO_RECOVERY,
        };
    }

    // What one of two questions learnt that the other did not: that waiting may help, that the name exists.
    private static HostError Worse(HostError left, HostError right)
    {
        ReadOnlySpan<HostError> order = [HostError.TRY_AGAIN, HostError.NO_RECOVERY, HostError.NO_DATA, HostError.HOST_NOT_FOUND];
        foreach (HostError error in order)
            if (left == error || right == error) return error;
        return HostError.None;
    }

    private static HostEntry? Collect(DnsResponse response, DnsQuestion question, AddressFamily family)
    {
        string name = FollowAliases(response, question.Name, out List<string> aliases);
        var addresses = new List<InetAddress>();
        foreach (DnsRecord record in response.Records)
            if (record.Type == question.Type && record.Owner == name) addresses.Add(record.Address);
        return addresses.Count == 0 ? null : new HostEntry(name, aliases, family, addresses);
    }

    // The name at the end of the chain of CNAMEs. The servers follow it; a chain that leaves the message has no data here.
    private static string FollowAliases(DnsResponse response, string name, out List<string> aliases)
    {
        aliases = [];
        while (aliases.Count < MaximumAliases)
        {
            string? target = null;
            foreach (DnsRecord record in response.Records)
                if (record.Type == DnsRecordType.Cname && record.Owner == name) target = record.Target;
            if (target is null || target == name || aliases.Contains(target)) break;
            aliases.Add(name);
            name = target;
        }
        return name;
    }
}
