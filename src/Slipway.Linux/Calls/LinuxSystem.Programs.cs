using System.Globalization;
using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>bpf(2). The union that it takes is laid out here by hand, zeros behind what a command uses.</summary>
public sealed unsafe partial class LinuxSystem
{
    private const int CommandMapCreate = 0, CommandLookup = 1, CommandUpdate = 2, CommandDelete = 3, CommandProgramLoad = 5;

    /// <inheritdoc/>
    public override CallResult LoadProgram(ReadOnlySpan<EbpfInstruction> program)
    {
        const uint SocketFilter = 1;
        var native = new ulong[program.Length + 1];
        for (int i = 0; i < program.Length; i++)
        {
            EbpfInstruction one = program[i];
            native[i] = one.Code | (ulong)one.Registers << 8 | (ulong)(ushort)one.Offset << 16 | (ulong)(uint)one.Immediate << 32;
        }
        ReadOnlySpan<byte> license = "GPL\0"u8;
        fixed (ulong* instructions = native)
        fixed (byte* text = license)
        {
            var load = new ProgramLoad { Type = SocketFilter, Count = (uint)program.Length, Instructions = instructions, License = text };
            return Bpf(CommandProgramLoad, &load, sizeof(ProgramLoad));
        }
    }

    /// <inheritdoc/>
    public override CallResult CreateMap(EbpfMapKind kind, int keySize, int valueSize, int maxEntries)
    {
        var create = new MapCreate { Type = (uint)kind, KeySize = (uint)keySize, ValueSize = (uint)valueSize, MaxEntries = (uint)maxEntries };
        return Bpf(CommandMapCreate, &create, sizeof(MapCreate));
    }

    /// <inheritdoc/>
    public override Errno LookupElement(int map, ReadOnlySpan<byte> key, Span<byte> value)
    {
        Errno error = CheckElement(map, key.Length, value.Length);
        if (error != Errno.None) return error;
        fixed (byte* itsKey = key)
        fixed (byte* itsValue = value)
            return Element(CommandLookup, map, itsKey, itsValue, 0);
    }

    /// <inheritdoc/>
    public override Errno UpdateElement(int map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long flags)
    {
        Errno error = CheckElement(map, key.Length, value.Length);
        if (error != Errno.None) return error;
        fixed (byte* itsKey = key)
        fixed (byte* itsValue = value)
            return Element(CommandUpdate, map, itsKey, itsValue, (ulong)flags);
    }

    /// <inheritdoc/>
    public override Errno DeleteElement(int map, ReadOnlySpan<byte> key)
    {
        Errno error = CheckElement(map, key.Length, -1);
        if (error != Errno.None) return error;
        fixed (byte* itsKey = key) return Element(CommandDelete, map, itsKey, null, 0);
    }

    private static Errno Element(int command, int map, byte* key, byte* value, ulong flags)
    {
        var element = new MapElement { Map = (uint)map, Key = key, Value = value, Flags = flags };
        return Bpf(command, &element, sizeof(MapElement)).Error;
    }

    /// <summary>The kernel reads and writes as many bytes as the map's sizes say, so those are asked first (BPF_OBJ_GET_INFO_BY_FD).</summary>
    private static Errno CheckElement(int map, int keyLength, int valueLength)
    {
        const int CommandInfo = 15, Type = 0, KeySize = 2, ValueSize = 3;
        uint* info = stackalloc uint[32];
        new Span<uint>(info, 32).Clear();
        var query = new InfoQuery { Descriptor = (uint)map, Length = 32 * sizeof(uint), Info = info };
        CallResult result = Bpf(CommandInfo, &query, sizeof(InfoQuery));
        // Of what is no map the command itself says it best.
        if (!result.Succeeded) return Element(CommandLookup, map, null, null, 0);
        long size = ValueLength((EbpfMapKind)info[Type], info[ValueSize]);
        return info[KeySize] == keyLength && (valueLength < 0 || size == valueLength) ? Errno.None : Errno.EINVAL;
    }

    private static long ValueLength(EbpfMapKind kind, uint size)
    {
        const uint Unit = 8;
        bool isPerProcessor = kind is EbpfMapKind.PerCpuArray or EbpfMapKind.PerCpuHash or EbpfMapKind.LruPerCpuHash;
        return isPerProcessor ? (long)((size + Unit - 1) & ~(Unit - 1)) * PossibleProcessors() : size;
    }

    /// <inheritdoc/>
    public override int MapProcessors => PossibleProcessors();

    /// <summary>The last number of a list of ranges such as "0-3", and one more.</summary>
    private static int PossibleProcessors()
    {
        string list = File.ReadAllText("/sys/devices/system/cpu/possible").Trim();
        return int.Parse(list.AsSpan(list.LastIndexOfAny(['-', ',']) + 1), CultureInfo.InvariantCulture) + 1;
    }

    private static CallResult Bpf(int command, void* attributes, int length) => Libc.Result(Libc.SystemCall(SystemCalls.Bpf, command, (nint)attributes, length, 0, 0, 0));

    [StructLayout(LayoutKind.Sequential)]
    private struct ProgramLoad
    {
        public uint Type, Count;
        public ulong* Instructions;
        public byte* License;
        public uint LogLevel, LogSize;
        public nint Log;
        public uint KernelVersion, Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MapCreate
    {
        public uint Type, KeySize, ValueSize, MaxEntries, Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MapElement
    {
        public uint Map;
        public byte* Key, Value;
        public ulong Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct InfoQuery
    {
        public uint Descriptor, Length;
        public uint* Info;
    }
}
