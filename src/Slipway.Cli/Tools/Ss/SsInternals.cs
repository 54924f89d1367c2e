using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>What <c>ss -i</c> tells of struct tcp_info (tcp(7), linux/tcp.h).</summary>
internal static class SsInternals
{
    private const int Least = 104;
    private const byte Timestamps = 1, Sack = 2, WindowScale = 4, Ecn = 8, EcnSeen = 16;

    public static string Of(DiagnosedSocket socket)
    {
        ReadOnlySpan<byte> info = socket.Info.Span;
        if (info.Length < Least) return socket.Congestion ?? "";
        var parts = new List<string>();
        byte options = info[5];
        if ((options & Timestamps) != 0) parts.Add("ts");
        if ((options & Sack) != 0) parts.Add("sack");
        if ((options & Ecn) != 0) parts.Add("ecn");
        if ((options & EcnSeen) != 0) parts.Add("ecnseen");
        if (socket.Congestion is { } congestion) parts.Add(congestion);
        if ((options & WindowScale) != 0) parts.Add(FormattableString.Invariant($"wscale:{info[6] & 15},{info[6] >> 4}"));
        Add(parts, info, 8, "rto", static micro => (micro / 1000.0).ToString("0.###", CultureInfo.InvariantCulture));
        uint rtt = At(info, 68), variation = At(info, 72);
        if (rtt != 0) parts.Add(FormattableString.Invariant($"rtt:{rtt / 1000.0:0.###}/{variation / 1000.0:0.###}"));
        Add(parts, info, 12, "ato", static micro => (micro / 1000.0).ToString("0.###", CultureInfo.InvariantCulture));
        // A listener has its queue where others have what is under way.
        if (info[0] != 10) AddSizes(parts, info);
        Add(parts, info, 80, "cwnd");
        if (At(info, 76) < 0xFFFF) Add(parts, info, 76, "ssthresh");
        if (info[0] != 10) AddProgress(parts, info);
        if (socket.SignatureKeys.Count > 0) parts.Add("md5keys:" + string.Join(',', socket.SignatureKeys.Select(static key => $"{IpText.TextOf(key.Peer)}/{key.PrefixLength}={Encoding.Latin1.GetString(key.Secret.Span)}")));
        return string.Join(' ', parts);
    }

    private static void AddProgress(List<string> parts, ReadOnlySpan<byte> info)
    {
        Add(parts, info, 24, "unacked");
        if (info[2] != 0) parts.Add(FormattableString.Invariant($"backoff:{info[4]}"));
        uint retransmitted = At(info, 36), total = At(info, 100);
        if (total != 0) parts.Add(FormattableString.Invariant($"retrans:{retransmitted}/{total}"));
        Add(parts, info, 32, "lost");
        Add(parts, info, 28, "sacked");
        Add(parts, info, 96, "rcv_space");
        Add(parts, info, 64, "rcv_ssthresh");
    }

    private static void AddSizes(List<string> parts, ReadOnlySpan<byte> info)
    {
        Add(parts, info, 16, "mss");
        Add(parts, info, 60, "pmtu");
        Add(parts, info, 20, "rcvmss");
        Add(parts, info, 84, "advmss");
    }

    private static uint At(ReadOnlySpan<byte> info, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(info[offset..]);

    private static void Add(List<string> parts, ReadOnlySpan<byte> info, int offset, string name, Func<uint, string>? format = null)
    {
        uint value = At(info, offset);
        if (value != 0) parts.Add($"{name}:{format?.Invoke(value) ?? value.ToString(CultureInfo.InvariantCulture)}");
    }
}
