using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <summary>Registers and stack of a function that runs or waits, as far as they are known. What was never written to the stack reads as some number, as Linux has it for who may load programs.</summary>
internal sealed class EbpfFrame(EbpfFunction function)
{
    public const int SlotLength = 8;

    /// <summary>Eight bytes each, from the frame pointer down to the deepest that was written.</summary>
    private EbpfValue[] _slots = [];

    public EbpfFunction Function => function;

    public EbpfValue[] Registers { get; private init; } = new EbpfValue[EbpfCode.Registers];

    public EbpfFrame Copy() => new(function) { Registers = [.. Registers], _slots = [.. _slots] };

    public bool IsSame(EbpfFrame other) => Registers.AsSpan().SequenceEqual(other.Registers) && _slots.AsSpan().SequenceEqual(other._slots);

    /// <summary>Keeps what another way knows too.</summary>
    public void Join(EbpfFrame other)
    {
        for (int i = 0; i < Registers.Length; i++) Registers[i] = EbpfValue.Join(Registers[i], other.Registers[i]);
        // Slots that only one way has are any number, and that is what is left of them.
        if (_slots.Length > other._slots.Length) Array.Resize(ref _slots, other._slots.Length);
        for (int i = 0; i < _slots.Length; i++)
        {
            EbpfValue joined = EbpfValue.Join(_slots[i], other._slots[i]);
            _slots[i] = joined.Kind == EbpfValueKind.None ? EbpfValue.AnyNumber : joined;
        }
    }

    /// <summary>All values, to change them.</summary>
    public void Change<TArgument>(TArgument argument, EbpfChange<TArgument> change)
    {
        foreach (ref EbpfValue value in Registers.AsSpan()) change(ref value, argument);
        foreach (ref EbpfValue value in _slots.AsSpan()) change(ref value, argument);
    }

    /// <summary>Whether addresses are among the bytes.</summary>
    public bool HasAddress(long offset, long length)
    {
        for (int i = SlotOf(offset + length - 1); i <= SlotOf(offset) && i < _slots.Length; i++)
        {
            if (_slots[i].IsAddress) return true;
        }
        return false;
    }

    /// <summary>The value of eight bytes.</summary>
    public EbpfValue this[long offset]
    {
        get
        {
            int slot = SlotOf(offset);
            return slot < _slots.Length ? _slots[slot] : EbpfValue.AnyNumber;
        }
        set
        {
            Reach(SlotOf(offset));
            _slots[SlotOf(offset)] = value;
        }
    }

    /// <summary>Bytes that may have been written with numbers.</summary>
    public void Write(long offset, long length)
    {
        for (int i = SlotOf(offset + length - 1); i <= SlotOf(offset) && i < _slots.Length; i++) _slots[i] = EbpfValue.AnyNumber;
    }

    private static int SlotOf(long offset) => (int)(-1 - offset) / SlotLength;

    private void Reach(int slot)
    {
        int had = _slots.Length;
        if (slot < had) return;
        Array.Resize(ref _slots, slot + 1);
        Array.Fill(_slots, EbpfValue.AnyNumber, had, slot + 1 - had);
    }
}
