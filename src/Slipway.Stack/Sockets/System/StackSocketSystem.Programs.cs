using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>bpf(2): programs and maps as descriptors of the process.</summary>
public sealed partial class StackSocketSystem
{
    /// <inheritdoc/>
    /// <remarks>The verifier is a little stricter than the kernel's: docs/filters.md says where.</remarks>
    public override CallResult LoadProgram(ReadOnlySpan<EbpfInstruction> program)
    {
        if (!_context.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        if (program.Length > EbpfVerifier.LongestProgram) return Errno.E2BIG;
        using (_loop.Enter())
        {
            Errno error = NameMaps(program, out EbpfInstruction[] named, out List<EbpfMap> maps);
            EbpfProgram? created = null;
            if (error == Errno.None) error = EbpfProgram.Create(named, [.. maps], _loop, out created);
            return error == Errno.None ? AddFile(new EbpfProgramFile(created!, ++_host.LastProgram)) : error;
        }
    }

    /// <summary>Writes numbers of a list of maps where descriptors were.</summary>
    private Errno NameMaps(ReadOnlySpan<EbpfInstruction> program, out EbpfInstruction[] named, out List<EbpfMap> maps)
    {
        named = program.ToArray();
        maps = [];
        for (int at = 0; at + 1 < named.Length; at++)
        {
            if (named[at].Code != EbpfCode.WideConstant) continue;
            EbpfInstruction second = named[at + 1];
            // Numbers of a list of descriptors: no call here gives such a list.
            if (named[at].Source is EbpfCode.MapByIndex or EbpfCode.MapValueByIndex) return Errno.EPROTO;
            if (named[at].Source is EbpfCode.MapByDescriptor or EbpfCode.MapValueByDescriptor)
            {
                Errno error = FindMap(named[at].Immediate, out EbpfMap? map);
                if (error == Errno.None && named[at].Source == EbpfCode.MapValueByDescriptor) error = CheckMapValue(map!, second.Immediate);
                if (error != Errno.None) return error;
                if (!maps.Contains(map!)) maps.Add(map!);
                if (maps.Count > MostMaps) return Errno.E2BIG;
                named[at] = named[at] with { Immediate = maps.IndexOf(map!) };
            }
            at++;
        }
        return Errno.None;
    }

    /// <summary>Maps of one program (Linux MAX_USED_MAPS).</summary>
    private const int MostMaps = 64;

    /// <summary>Only an array of one element has an address that is known before the program runs.</summary>
    private static Errno CheckMapValue(EbpfMap map, int offset)
    {
        // ENOTSUPP, which is none of errno(3).
        const Errno NotSupported = (Errno)524;
        if (map.Kind != EbpfMapKind.Array) return Errno.EINVAL;
        if (map.MaxEntries != 1) return NotSupported;
        return (uint)offset < (uint)map.ValueSize ? Errno.None : Errno.EINVAL;
    }

    /// <inheritdoc/>
    /// <remarks>A virtual host has one processor.</remarks>
    public override int MapProcessors => 1;

    /// <inheritdoc/>
    public override CallResult CreateMap(EbpfMapKind kind, int keySize, int valueSize, int maxEntries)
    {
        if (!_context.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        using (_loop.Enter())
        {
            Errno error = EbpfMap.Create(kind, keySize, valueSize, maxEntries, out EbpfMap? map);
            return error == Errno.None ? AddFile(map!) : error;
        }
    }

    /// <inheritdoc/>
    public override Errno LookupElement(int map, ReadOnlySpan<byte> key, Span<byte> value)
    {
        using (_loop.Enter())
        {
            Errno error = FindMap(map, out EbpfMap? found);
            if (error != Errno.None) return error;
            if (key.Length != found!.KeySize || value.Length != found.CallValueSize) return Errno.EINVAL;
            return found.Read(key, value);
        }
    }

    /// <inheritdoc/>
    public override Errno UpdateElement(int map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long flags)
    {
        using (_loop.Enter())
        {
            Errno error = FindMap(map, out EbpfMap? found);
            if (error != Errno.None) return error;
            if (key.Length != found!.KeySize || value.Length != found.CallValueSize) return Errno.EINVAL;
            if (found is not EbpfProgramArray programs) return found.Update(key, value, flags);
            _table.TryGet(BinaryPrimitives.ReadInt32LittleEndian(value), out OpenFile? file);
            return programs.Put(key, file, flags);
        }
    }

    /// <inheritdoc/>
    public override Errno DeleteElement(int map, ReadOnlySpan<byte> key)
    {
        using (_loop.Enter())
        {
            Errno error = FindMap(map, out EbpfMap? found);
            if (error != Errno.None) return error;
            return key.Length == found!.KeySize ? found.Delete(key) : Errno.EINVAL;
        }
    }

    private Errno FindMap(int descriptor, out EbpfMap? map)
    {
        bool isOpen = _table.TryGet(descriptor, out OpenFile? file);
        map = file as EbpfMap;
        return !isOpen ? Errno.EBADF : map is null ? Errno.EINVAL : Errno.None;
    }

    /// <summary>Gives a new file the lowest free descriptor, closed by exec as those of bpf(2) are.</summary>
    private CallResult AddFile(OpenFile file)
    {
        if (!_table.TryFindFree(0, _context.DescriptorLimit, out int descriptor)) return Errno.EMFILE;
        _table.Set(descriptor, file, closeOnExec: true);
        return descriptor;
    }
}
