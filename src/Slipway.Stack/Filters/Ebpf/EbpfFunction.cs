namespace Slipway.Stack;

/// <summary>A function of a program: instructions from one place up to another, entered at the first.</summary>
/// <param name="start">The first instruction.</param>
/// <param name="end">Behind the last.</param>
internal sealed class EbpfFunction(int start, int end)
{
    private const int FrameUnit = 32;

    public int Start => start;

    public int End => end;

    /// <summary>The functions that it calls, each once.</summary>
    public HashSet<EbpfFunction> Calls { get; } = [];

    /// <summary>How many bytes below its frame pointer are used.</summary>
    public int Deepest { get; private set; }

    /// <summary>Bytes of its frame, in units as Linux counts them for its interpreter; a function without any has one.</summary>
    public int FrameLength => Math.Max(Deepest + FrameUnit - 1 & -FrameUnit, FrameUnit);

    /// <summary>Frames and bytes of the longest chain of calls from here, this one included; 0 until they were counted.</summary>
    public int ChainFrames { get; set; }

    public int ChainLength { get; set; }

    /// <summary>The program uses the stack down to here.</summary>
    public void Use(long offset) => Deepest = Math.Max(Deepest, (int)-offset);
}
