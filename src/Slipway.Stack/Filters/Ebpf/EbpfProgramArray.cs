using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>BPF_MAP_TYPE_PROG_ARRAY: programs for tail calls. A process writes descriptors and reads the programs' numbers; programs hold it, but it is empty once no descriptor is left.</summary>
internal sealed class EbpfProgramArray(int maxEntries) : EbpfMap(EbpfMapKind.ProgramArray, sizeof(uint), sizeof(uint), maxEntries)
{
    private readonly EbpfProgramFile?[] _programs = new EbpfProgramFile?[maxEntries];

    /// <summary>The program at a place; null for none.</summary>
    public EbpfProgram? Find(uint place) => place < (uint)_programs.Length ? _programs[place]?.Program : null;

    /// <summary>Puts a program in.</summary>
    /// <param name="key">Its place.</param>
    /// <param name="file">What the descriptor names; null for a descriptor that is none.</param>
    /// <param name="flags">BPF_ANY alone.</param>
    /// <returns>EINVAL for other flags and for what is no program, E2BIG for a place that there is not, EBADF.</returns>
    public Errno Put(ReadOnlySpan<byte> key, OpenFile? file, long flags)
    {
        if (flags != 0) return Errno.EINVAL;
        if (PlaceOf(key) is not { } place) return Errno.E2BIG;
        if (file is not EbpfProgramFile program) return file is null ? Errno.EBADF : Errno.EINVAL;
        _programs[place] = program;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Read(ReadOnlySpan<byte> key, Span<byte> value)
    {
        if (PlaceOf(key) is not { } place || _programs[place] is not { } program) return Errno.ENOENT;
        BinaryPrimitives.WriteUInt32LittleEndian(value, program.Number);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Delete(ReadOnlySpan<byte> key)
    {
        if (PlaceOf(key) is not { } place) return Errno.E2BIG;
        if (_programs[place] is null) return Errno.ENOENT;
        _programs[place] = null;
        return Errno.None;
    }

    /// <inheritdoc/>
    /// <remarks>There are no bytes that a program could get.</remarks>
    public override int Find(ReadOnlySpan<byte> key) => -1;

    /// <inheritdoc/>
    /// <remarks>Programs come by <see cref="Put"/>.</remarks>
    public override Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long flags) => Errno.EINVAL;

    /// <inheritdoc/>
    protected override void OnClosed() => Array.Clear(_programs);

    private int? PlaceOf(ReadOnlySpan<byte> key)
    {
        uint place = BinaryPrimitives.ReadUInt32LittleEndian(key);
        return place < (uint)_programs.Length ? (int)place : null;
    }
}
