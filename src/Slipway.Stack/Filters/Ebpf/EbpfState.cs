namespace Slipway.Stack;

/// <summary>All that is known at one place of a program: the functions that wait, and the one that runs.</summary>
internal sealed class EbpfState
{
    private readonly List<EbpfFrame> _frames = [];

    public int Frames => _frames.Count;

    /// <summary>The frame of the function that runs.</summary>
    public EbpfFrame Frame => _frames[^1];

    public EbpfValue[] Registers => Frame.Registers;

    public EbpfFrame this[int frame] => _frames[frame];

    public void Enter(EbpfFunction function) => _frames.Add(new EbpfFrame(function));

    public void Leave() => _frames.RemoveAt(_frames.Count - 1);

    public EbpfState Copy()
    {
        var copy = new EbpfState();
        foreach (EbpfFrame frame in _frames) copy._frames.Add(frame.Copy());
        return copy;
    }

    public bool IsSame(EbpfState other)
    {
        for (int i = 0; i < _frames.Count; i++)
        {
            if (!_frames[i].IsSame(other._frames[i])) return false;
        }
        return true;
    }

    /// <summary>Keeps what another way knows too.</summary>
    public void Join(EbpfState other)
    {
        for (int i = 0; i < _frames.Count; i++) _frames[i].Join(other._frames[i]);
    }

    /// <summary>Sets a number, and all its copies.</summary>
    public void Know(int register, in EbpfRange range)
    {
        int origin = Registers[register].Origin;
        Registers[register] = Registers[register] with { Range = range };
        if (origin < 0) return;
        ChangeAll((origin, range), static (ref value, told) =>
        {
            if (value.IsNumber && value.Origin == told.origin) value = value with { Range = told.range };
        });
    }

    /// <summary>What a look-up gave is tested: it and every copy is now an element, or 0.</summary>
    public void Resolve(int register, bool isNull)
    {
        int origin = Registers[register].Origin;
        Registers[register] = Resolved(Registers[register], isNull);
        if (origin < 0) return;
        ChangeAll((origin, isNull), static (ref value, told) =>
        {
            if (value.Kind == EbpfValueKind.ElementOrNull && value.Origin == told.origin) value = Resolved(value, told.isNull);
        });
    }

    /// <summary>An instruction makes a new value: those that it made before are no copies of it.</summary>
    public void ForgetOrigin(int origin) => ChangeAll(origin, static (ref value, old) =>
    {
        if (value.Origin == old) value = value with { Origin = -1 };
    });

    private void ChangeAll<TArgument>(TArgument argument, EbpfChange<TArgument> change)
    {
        foreach (EbpfFrame frame in _frames) frame.Change(argument, change);
    }

    private static EbpfValue Resolved(in EbpfValue value, bool isNull)
        => isNull ? EbpfValue.Constant(0) : value with { Kind = EbpfValueKind.Element, Origin = -1 };
}
