namespace Slipway.Stack;

/// <summary>Registers and stack at one place of a program, as far as they are known on every way there.</summary>
internal sealed class EbpfState
{
    private const int Slot = 8, Slots = EbpfCode.StackLength / Slot;

    private readonly EbpfValue[] _spilled = new EbpfValue[Slots];

    // A bit for each byte that holds a number.
    private readonly byte[] _written = new byte[Slots];

    public EbpfValue[] Registers { get; } = new EbpfValue[EbpfCode.Registers];

    public EbpfState Copy()
    {
        var copy = new EbpfState();
        Registers.CopyTo(copy.Registers, 0);
        _spilled.CopyTo(copy._spilled, 0);
        _written.CopyTo(copy._written, 0);
        return copy;
    }

    /// <summary>Keeps what another way knows too.</summary>
    public void Join(EbpfState other)
    {
        for (int i = 0; i < Registers.Length; i++) Registers[i] = EbpfValue.Join(Registers[i], other.Registers[i]);
        for (int i = 0; i < Slots; i++)
        {
            _written[i] &= other._written[i];
            if (_spilled[i] != other._spilled[i]) _spilled[i] = default;
        }
    }

    /// <summary>What a look-up gave is tested: every copy is now an element, or 0.</summary>
    public void Resolve(int origin, bool isNull)
    {
        foreach (Span<EbpfValue> values in (ReadOnlySpan<EbpfValue[]>)[Registers, _spilled])
        {
            foreach (ref EbpfValue value in values)
            {
                if (value.Kind != EbpfValueKind.ElementOrNull || value.Origin != origin) continue;
                value = isNull ? EbpfValue.Constant(0) : value with { Kind = EbpfValueKind.Element };
            }
        }
        for (int i = 0; i < Slots; i++)
        {
            if (!_spilled[i].IsNumber) continue;
            _spilled[i] = default;
            _written[i] = byte.MaxValue;
        }
    }

    /// <summary>Whether bytes are in the stack, counted from its end.</summary>
    public static bool IsInStack(long offset, int size) => offset >= -EbpfCode.StackLength && offset + size <= 0;

    /// <summary>Reads the stack; <see cref="EbpfValueKind.None"/> for what was not written or cuts an address in two.</summary>
    public EbpfValue ReadStack(long offset, int size)
    {
        int place = (int)offset + EbpfCode.StackLength;
        if (size == Slot && place % Slot == 0 && _spilled[place / Slot].IsAddress) return _spilled[place / Slot];
        return IsWritten(offset, size) ? EbpfValue.AnyNumber : default;
    }

    public bool IsWritten(long offset, int size)
    {
        int place = (int)offset + EbpfCode.StackLength;
        for (int i = place; i < place + size; i++)
        {
            if ((_written[i / Slot] >> i % Slot & 1) == 0) return false;
        }
        return true;
    }

    public void WriteStack(long offset, int size, EbpfValue value)
    {
        int place = (int)offset + EbpfCode.StackLength;
        for (int i = place; i < place + size; i++)
        {
            if (_spilled[i / Slot].IsAddress) _written[i / Slot] = 0;
            _spilled[i / Slot] = default;
            _written[i / Slot] |= (byte)(1 << i % Slot);
        }
        if (!value.IsAddress) return;
        _spilled[place / Slot] = value;
        _written[place / Slot] = 0;
    }
}
