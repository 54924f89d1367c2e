namespace Slipway.Sockets;

/// <summary>Asks the name servers in turn until every question has an answer: attempts, timeouts and the change to TCP (resolv.conf(5), RFC 1035 §4.2, RFC 7766 §5).</summary>
internal sealed class DnsExchange(SocketSystem sockets, TimeProvider time, ResolverConfiguration configuration, Func<uint> random, bool blocking, CancellationToken cancellationToken)
{
    // More than any response over UDP to a query without EDNS, which may have 512 bytes.
    private readonly byte[] _buffer = new byte[1500];

    /// <summary>The responses, in the order of the questions; null for a question that no server answered.</summary>
    public async ValueTask<DnsResponse?[]> AskAsync(DnsQuestion[] questions)
    {
        var responses = new DnsResponse?[questions.Length];
        int servers = configuration.Servers.Count;
        int first = configuration.Rotates ? (int)(random() % (uint)servers) : 0;
        for (int attempt = 0; attempt < configuration.Attempts; attempt++)
        {
            for (int index = 0; index < servers; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await AskServerAsync(configuration.Servers[(first + index) % servers], Timeout(index), questions, responses);
                if (Array.TrueForAll(responses, static response => response is { AsksForAnotherServer: false })) return responses;
            }
        }
        return responses;
    }

    // As glibc waits: twice as long with every server of the list, the later ones sharing by their number; at least a second.
    private TimeSpan Timeout(int index)
    {
        int seconds = configuration.Timeout << index;
        if (index > 0) seconds /= configuration.Servers.Count;
        return TimeSpan.FromSeconds(Math.Max(1, seconds));
    }

    private async ValueTask AskServerAsync(InetAddress server, TimeSpan timeout, DnsQuestion[] questions, DnsResponse?[] responses)
    {
        using var channel = new DnsChannel(sockets, time, blocking, cancellationToken);
        bool[] pending = Array.ConvertAll(responses, static response => response is null or { AsksForAnotherServer: true });
        bool[] overTcp = new bool[questions.Length];
        if (configuration.UsesTcp) pending.CopyTo(overTcp, 0);
        else await AskOverUdpAsync(channel, server, timeout, questions, responses, pending, overTcp);
        for (int index = 0; index < questions.Length; index++)
        {
            if (!overTcp[index] || !await channel.OpenAsync(server, SocketType.Stream, timeout)) continue;
            if (await channel.ExchangeOverStreamAsync(questions[index].Message) is { } message && DnsResponse.TryRead(message, questions[index]) is { Header.IsTruncated: false } response)
                responses[index] = response;
        }
    }

    private async ValueTask AskOverUdpAsync(
        DnsChannel channel, InetAddress server, TimeSpan timeout, DnsQuestion[] questions, DnsResponse?[] responses, bool[] pending, bool[] overTcp)
    {
        if (!await channel.OpenAsync(server, SocketType.Datagram, timeout)) return;
        int waiting = 0;
        for (int index = 0; index < questions.Length; index++)
        {
            if (!pending[index]) continue;
            if (!channel.Send(questions[index].Message)) return; // no way there, or the answer to the first was that nobody listens
            waiting++;
        }
        while (waiting > 0)
        {
            int length = await channel.ReceiveAsync(_buffer);
            if (length < 0) return;
            int index = Match(_buffer.AsSpan(0, length), questions, pending, out DnsResponse? response);
            if (index < 0) continue; // not an answer to us: it does not end the wait
            pending[index] = false;
            waiting--;
            if (response!.Header.IsTruncated) overTcp[index] = true;
            else responses[index] = response;
        }
    }

    private static int Match(ReadOnlySpan<byte> message, DnsQuestion[] questions, bool[] pending, out DnsResponse? response)
    {
        for (int index = 0; index < questions.Length; index++)
        {
            if (pending[index] && DnsResponse.TryRead(message, questions[index]) is { } read)
            {
                response = read;
                return index;
            }
        }
        response = null;
        return -1;
    }
}
