using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>Packet sockets as ss prints them.</summary>
internal sealed partial class SsRowWriter
{
    public SsRow Of(DiagnosedPacketSocket socket)
    {
        var parts = new List<string>();
        if (users?.Of(socket.Inode) is { } owners) parts.Add(owners);
        if (options.TellsDetails)
        {
            if (socket.UserId != 0) parts.Add($"uid:{Text(socket.UserId)}");
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"ino:{socket.Inode} sk:{socket.Cookie:x}"));
        }
        string[] below = [.. LinesBelow(socket)];
        // The memory stands behind whatever is last.
        if (options.TellsMemory && below.Length > 0) below[^1] += " " + MemoryOf(socket.Memory);
        else if (options.TellsMemory) parts.Add(MemoryOf(socket.Memory));
        return new SsRow(socket.Type == SocketType.Raw ? "p_raw" : "p_dgr", SsStates.ShortOf(SsStates.Unconnected), Text(socket.Memory.Count > 0 ? socket.Memory[0] : 0), "0")
        {
            Local = socket.Protocol == EthernetProtocol.ETH_P_ALL ? "*" : $"[{Text(socket.Protocol)}]",
            LocalPort = ":" + (socket.Interface == 0 ? "*" : interfaces.GetValueOrDefault(socket.Interface, Text(socket.Interface))),
            Peer = "",
            PeerPort = "*",
            Details = string.Join(' ', parts),
            Internals = below.Length > 0 ? string.Join('\n', below) : null,
        };
    }

    private IEnumerable<string> LinesBelow(DiagnosedPacketSocket socket)
    {
        if (options.TellsDetails)
        {
            yield return $"ver:{Text((int)socket.Version)} cpy_thresh:{Text((int)socket.CopyThreshold)} flags( {FlagsOf(socket.Flags)} )";
            if (socket.ReceiveRing is { } receive) yield return $"ring_rx({RingOf(receive)})";
            if (socket.SendRing is { } send) yield return $"ring_tx({RingOf(send)})";
            if (socket.Fanout is { } fanout) yield return $"fanout(id:{Text(fanout.Id)},type:{ModeOf(fanout.Mode)})";
        }
        if (options.TellsFilters && socket.Filter.Count > 0)
            yield return $"bpf filter ({Text(socket.Filter.Count)}): " + string.Concat(socket.Filter.Select(static i => string.Create(CultureInfo.InvariantCulture, $" 0x{i.Code:x2} {i.JumpTrue} {i.JumpFalse} {i.K},")));
    }

    private static string ModeOf(PacketFanoutMode mode) => mode switch
    {
        PacketFanoutMode.Hash => "hash",
        PacketFanoutMode.LoadBalance => "lb",
        PacketFanoutMode.Processor => "cpu",
        PacketFanoutMode.Rollover => "roll",
        PacketFanoutMode.Random => "random",
        PacketFanoutMode.Queue => "qm",
        _ => string.Create(CultureInfo.InvariantCulture, $"0x{(int)mode:x}"),
    };

    private static string FlagsOf(DiagnosedPacketFlags flags)
    {
        (DiagnosedPacketFlags Flag, string Name)[] names =
        [
            (DiagnosedPacketFlags.Running, "running"), (DiagnosedPacketFlags.AuxiliaryData, "auxdata"), (DiagnosedPacketFlags.OriginalDevice, "origdev"),
            (DiagnosedPacketFlags.VirtioHeader, "vnethdr"), (DiagnosedPacketFlags.Loss, "loss"),
        ];
        string text = string.Join(' ', names.Where(name => (flags & name.Flag) != 0).Select(static name => name.Name));
        return text.Length > 0 ? text : "0";
    }

    private static string RingOf(PacketRingRequest ring)
        => string.Create(CultureInfo.InvariantCulture, $"blk_size:{ring.BlockSize},blk_nr:{ring.BlockCount},frm_size:{ring.FrameSize},frm_nr:{ring.FrameCount},tmo:{ring.RetireMilliseconds},features:0x{ring.Features:x}");
}
