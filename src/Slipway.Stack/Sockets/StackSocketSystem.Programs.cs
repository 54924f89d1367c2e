using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>bpf(2): programs and maps as descriptors of the process.</summary>
public sealed partial class StackSocketSystem
{
    /// <inheritdoc/>
    /// <remarks>The verifier is stricter than the kernel's: no jump goes back, and offsets of addresses are constants.</remarks>
    public override CallResult LoadProgram(ReadOnlySpan<EbpfInstruction> program)
    {
        if (!_context.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        if (program.Length > EbpfVerifier.LongestProgram) return Errno.E2BIG;
        using (_loop.Enter())
        {
            EbpfInstruction[] named = program.ToArray();
            var maps = new List<EbpfMap>();
            for (int at = 0; at < named.Length; at++)
            {
                if (named[at].Code != (EbpfCode.Ld | EbpfCode.Imm | EbpfCode.DoubleWord)) continue;
                if (named[at].Source == EbpfCode.MapByDescriptor)
                {
                    Errno missing = FindMap(named[at].Immediate, out EbpfMap? map);
                    if (missing != Errno.None) return missing;
                    if (!maps.Contains(map!)) maps.Add(map!);
                    named[at] = named[at] with { Immediate = maps.IndexOf(map!) };
                }
                at++;
            }
            Errno error = EbpfProgram.Create(named, [.. maps], _loop, out EbpfProgram? created);
            return error == Errno.None ? AddFile(new EbpfProgramFile(created!)) : error;
        }
    }

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
            if (key.Length != found!.KeySize || value.Length != found.ValueSize) return Errno.EINVAL;
            int place = found.Find(key);
            if (place < 0) return Errno.ENOENT;
            found.Values.AsSpan(place, value.Length).CopyTo(value);
            return Errno.None;
        }
    }

    /// <inheritdoc/>
    public override Errno UpdateElement(int map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long flags)
    {
        using (_loop.Enter())
        {
            Errno error = FindMap(map, out EbpfMap? found);
            if (error != Errno.None) return error;
            return key.Length == found!.KeySize && value.Length == found.ValueSize ? found.Update(key, value, flags) : Errno.EINVAL;
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
