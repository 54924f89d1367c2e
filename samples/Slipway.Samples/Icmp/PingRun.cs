using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>The requests of one ping and what came back.</summary>
internal sealed class PingRun(HostProcess process, IcmpProbe probe, InetAddress address, int size)
{
    private readonly ushort _identifier = (ushort)process.Id;
    private readonly long _began = process.Time.GetTimestamp();

    // When each request was sent, by its sequence number.
    private readonly Dictionary<ushort, TimeSpan> _sent = [];
    private readonly HashSet<ushort> _answered = [];
    private readonly List<double> _times = [];
    private int _transmitted, _errors, _duplicates;

    public int Count { get; init; } = int.MaxValue;

    public TimeSpan Interval { get; init; }

    /// <summary>How long the last request is waited for.</summary>
    public TimeSpan Patience { get; init; }

    public bool HasReply => _times.Count > 0;

    private TimeSpan Now => process.Time.GetElapsedTime(_began);

    /// <summary>Sends and receives until all is sent and answered, until patience is at its end, or until it is told to stop.</summary>
    public void Go(Func<bool> isStopped)
    {
        TimeSpan next = TimeSpan.Zero;
        while (!isStopped())
        {
            bool isDone = _transmitted >= Count;
            if (isDone && _times.Count + _errors >= _transmitted) return;
            if (!isDone && Now >= next)
            {
                Send();
                // The last request is waited for as long as patience lasts.
                next += _transmitted < Count ? Interval : Patience;
                continue;
            }
            if (isDone && Now >= next) return;
            try
            {
                if (probe.TryReceive(next - Now, out InetAddress from, out IcmpNews news)) Take(from, news);
            }
            catch (SocketCallException failure) when (failure.Errno == Errno.EINTR)
            {
                // A signal: the loop looks whether it was to stop.
            }
        }
    }

    /// <summary>The summary at the end.</summary>
    public void Report(string host)
    {
        string errors = _errors > 0 ? string.Create(CultureInfo.InvariantCulture, $"+{_errors} errors, ") : "";
        string duplicates = _duplicates > 0 ? string.Create(CultureInfo.InvariantCulture, $"+{_duplicates} duplicates, ") : "";
        double loss = _transmitted == 0 ? 0 : 100.0 * (_transmitted - _times.Count) / _transmitted;
        process.Out.Write(string.Create(CultureInfo.InvariantCulture,
            $"\n--- {host} ping statistics ---\n{_transmitted} packets transmitted, {_times.Count} received, {duplicates}{errors}{loss:0.####}% packet loss, time {(long)Now.TotalMilliseconds}ms\n"));
        if (_times.Count == 0) return;
        double mean = _times.Average(), deviation = Math.Sqrt(Math.Max(0, _times.Average(static t => t * t) - mean * mean));
        process.Out.Write(string.Create(CultureInfo.InvariantCulture, $"rtt min/avg/max/mdev = {_times.Min():0.000}/{mean:0.000}/{_times.Max():0.000}/{deviation:0.000} ms\n"));
    }

    private void Send()
    {
        var sequence = (ushort)++_transmitted;
        _sent[sequence] = Now;
        try
        {
            probe.SendEcho(address, _identifier, sequence, size);
        }
        catch (SocketCallException failure)
        {
            _errors++;
            process.Error.Write($"{process.ProgramName}: sendto: {failure.Errno.Describe()}\n");
        }
    }

    private void Take(InetAddress from, in IcmpNews news)
    {
        // Everybody's ICMP comes here: ours is what has our identifier.
        if (news.First != _identifier || news.Quoted == IcmpNews.Udp || !_sent.TryGetValue(news.Second, out TimeSpan sent)) return;
        if (!news.IsReply)
        {
            _errors++;
            process.Out.Write(string.Create(CultureInfo.InvariantCulture, $"From {Ping.Text(from)} icmp_seq={news.Second} {news.Describe()}\n"));
            return;
        }
        TimeSpan time = Now - sent;
        string duplicate = "";
        if (_answered.Add(news.Second)) _times.Add(time.TotalMilliseconds);
        else
        {
            _duplicates++;
            duplicate = " (DUP!)";
        }
        process.Out.Write(string.Create(CultureInfo.InvariantCulture, $"{news.Length} bytes from {Ping.Text(from)}: icmp_seq={news.Second} ttl={news.Ttl} time={Milliseconds(time)} ms{duplicate}\n"));
    }

    /// <summary>Three digits that mean something, as ping(8) prints them.</summary>
    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString(time.TotalMilliseconds switch
    {
        >= 100 => "0",
        >= 10 => "0.0",
        >= 1 => "0.00",
        _ => "0.000",
    }, CultureInfo.InvariantCulture);
}
