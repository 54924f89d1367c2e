using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Memory that the process shares with its sockets.</summary>
public sealed partial class StackSocketSystem
{
    private readonly List<RingMapping> _mappings = [];

    /// <inheritdoc/>
    public override Errno Map(int descriptor, int length, out MappedMemory? memory)
    {
        memory = null;
        using (_loop.Enter())
        {
            if (!_table.TryGet(descriptor, out OpenFile? file)) return Errno.EBADF;
            if (length <= 0) return length == 0 ? Errno.EINVAL : Errno.ENOMEM;
            if (file is not OpenSocket socket) return Errno.ENODEV;
            Errno error = socket.Map(length, out RingMapping? mapping);
            if (error != Errno.None) return error;
            mapping!.Holder = _mappings;
            _mappings.Add(mapping);
            memory = mapping;
            return Errno.None;
        }
    }

    private void UnmapAll()
    {
        while (_mappings.Count > 0) _mappings[^1].Unmap();
    }
}
