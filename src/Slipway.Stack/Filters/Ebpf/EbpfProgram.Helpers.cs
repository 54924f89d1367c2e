using Slipway.Sockets;

namespace Slipway.Stack;

/// <content>The helpers (bpf-helpers(7)).</content>
internal sealed partial class EbpfProgram
{
    private ulong CallHelper(EbpfHelper helper, Span<ulong> registers, in FilterPacket packet, Span<byte> stack) => helper switch
    {
        EbpfHelper.MapLookup => LookUp(registers, stack),
        EbpfHelper.MapUpdate or EbpfHelper.MapDelete => ChangeMap(helper, registers, stack),
        EbpfHelper.KtimeGetNs or EbpfHelper.KtimeGetBootNs => (ulong)_loop.Now,
        EbpfHelper.GetPrandomU32 => packet.NextRandom(),
        EbpfHelper.SkbLoadBytes => LoadBytes(registers, packet, stack),
        EbpfHelper.SkbLoadBytesRelative => LoadBytesRelative(registers, packet, stack),
        EbpfHelper.GetSocketCookie => packet.Cookie,
        EbpfHelper.GetSocketUid => packet.UserId,
        // A virtual host has one processor and one memory.
        _ => 0,
    };

    private ulong LookUp(Span<ulong> registers, Span<byte> stack)
    {
        int number = (int)(registers[1] & OffsetMask);
        EbpfMap map = _maps[number];
        int place = map.Find(Bytes(registers[2], map.KeySize, stack));
        return place < 0 ? 0 : AddressOf(number, place);
    }

    private ulong ChangeMap(EbpfHelper helper, Span<ulong> registers, Span<byte> stack)
    {
        EbpfMap map = _maps[(int)(registers[1] & OffsetMask)];
        Span<byte> key = Bytes(registers[2], map.KeySize, stack);
        return Status(helper == EbpfHelper.MapDelete ? map.Delete(key) : map.Update(key, Bytes(registers[3], map.ValueSize, stack), (long)registers[4]));
    }

    /// <summary>The program that a tail call names; null where there is none, and the caller goes on.</summary>
    private EbpfProgram? FindProgram(Span<ulong> registers)
        => ((EbpfProgramArray)_maps[(int)(registers[2] & OffsetMask)]).Find((uint)registers[3]);

    private ulong LoadBytes(Span<ulong> registers, in FilterPacket packet, Span<byte> stack)
    {
        uint offset = (uint)registers[2];
        int length = (int)registers[4];
        Span<byte> to = Bytes(registers[3], length, stack);
        if (offset + (long)length > packet.Length)
        {
            to.Clear();
            return Status(Errno.EFAULT);
        }
        packet.Data.Slice((int)offset, length).CopyTo(to);
        return 0;
    }

    private ulong LoadBytesRelative(Span<ulong> registers, in FilterPacket packet, Span<byte> stack)
    {
        // BPF_HDR_START_MAC and BPF_HDR_START_NET; Linux takes offsets of 16 bits here.
        const uint Link = 0, Network = 1, GreatestOffset = 0xFFFF;
        uint offset = (uint)registers[2], start = (uint)registers[5];
        Span<byte> to = Bytes(registers[3], (int)registers[4], stack);
        bool isThere = offset <= GreatestOffset && start <= Network && packet.TryCopy((int)offset, start == Link, to);
        if (isThere) return 0;
        to.Clear();
        return Status(Errno.EFAULT);
    }

    private static ulong Status(Errno error) => (ulong)-(long)error;
}
