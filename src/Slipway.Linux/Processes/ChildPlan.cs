using System.Runtime.InteropServices;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>The steps of a child between its beginning and its program, each with the words that name it if it fails, and the memory that they point to.</summary>
internal sealed unsafe class ChildPlan : IDisposable
{
    private readonly List<ChildStep> _steps = [];
    private readonly List<string> _names = [];
    private readonly List<nint> _blocks = [];
    private readonly int* _own;
    private ChildStep* _made;
    private int _fork = -1;

    public ChildPlan() => _own = (int*)Memory(sizeof(int));

    /// <summary>Where the child finds its own process id.</summary>
    public nint OwnId => (nint)_own;

    /// <summary>Whether the child changes its ids. The kernel then guards the memory that it shares with us, and with it our files in /proc.</summary>
    public bool ChangesIds { get; set; }

    /// <summary>Zeroed memory for as long as the plan lives.</summary>
    public byte* Memory(int length)
    {
        byte* block = (byte*)NativeMemory.AllocZeroed((nuint)length);
        _blocks.Add((nint)block);
        return block;
    }

    /// <summary>A text for the child: UTF-8 with a NUL.</summary>
    public nint Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        byte* room = Memory(length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(room, length));
        return (nint)room;
    }

    /// <summary>A step, after which the child goes on only if it succeeds.</summary>
    public void Add(string name, nint number, nint first = 0, nint second = 0, nint third = 0, nint fourth = 0, nint fifth = 0)
        => Add(name, [], number, first, second, third, fourth, fifth);

    /// <summary>A step, after which the child goes on also if it fails by one of these errors.</summary>
    public void Add(string name, ReadOnlySpan<Errno> tolerated, nint number, nint first = 0, nint second = 0, nint third = 0, nint fourth = 0, nint fifth = 0)
    {
        nint mask = 0;
        foreach (Errno error in tolerated) mask |= (nint)1 << (int)error;
        _names.Add(name);
        _steps.Add(new ChildStep
        {
            Number = number, First = first, Second = second, Third = third, Fourth = fourth, Fifth = fifth, Result = ChildStep.NotMade, Tolerated = mask,
        });
    }

    /// <summary>
    /// The child makes a child of its own, which goes on with the list, and ends when that runs its program: the program has then no parent but process 1, or the nearest ancestor
    /// that takes orphans.
    /// </summary>
    public void AddFork()
    {
        const int SharesMemory = 0x100, Waits = 0x4000, TellsOwn = 0x0100_0000; // CLONE_VM, CLONE_VFORK, CLONE_CHILD_SETTID
        const nint Flags = SharesMemory | Waits | TellsOwn | (int)Signal.SIGCHLD, ParentEnds = 1; // bit 0 of what is tolerated: no error has that number
        _fork = _steps.Count;
        // The last two arguments of clone(2) are the other way round on arm64.
        nint fourth = SystemCalls.IsArm64 ? 0 : OwnId, fifth = SystemCalls.IsArm64 ? OwnId : 0;
        _names.Add("fork()");
        _steps.Add(new ChildStep { Number = SystemCalls.Clone, First = Flags, Fourth = fourth, Fifth = fifth, Result = ChildStep.NotMade, Tolerated = ParentEnds });
    }

    /// <summary>The process that <see cref="AddFork"/> was for, after <see cref="Run"/>.</summary>
    public int ForkedId => (int)_made[_fork].Result;

    /// <summary>Makes the child and lets it go through the steps.</summary>
    /// <param name="flags">Flags of clone(2).</param>
    /// <returns>The child that runs its program.</returns>
    /// <exception cref="LinuxCallException">The step that failed; the child has ended and is reaped.</exception>
    public SpawnedProcess Run(nint flags)
    {
        var steps = (ChildStep*)Memory(_steps.Count * sizeof(ChildStep));
        CollectionsMarshal.AsSpan(_steps).CopyTo(new Span<ChildStep>(steps, _steps.Count));
        int descriptor = -1;
        if (ChangesIds) Dumpable.BeginChange();
        nint child = ChildCode.Run(flags, &descriptor, _own, steps);
        if (ChangesIds) Dumpable.EndChange();
        if (child < 0) throw new LinuxCallException((Errno)(-(int)child), "clone()");
        var started = new SpawnedProcess(new ChildRecord((int)child, descriptor));
        _made = steps;
        if (Failure(new ReadOnlySpan<ChildStep>(steps, _steps.Count)) is not { } failure) return started;
        using (started) _ = started.Wait(WaitOptions.None, out _);
        throw failure;
    }

    public void Dispose()
    {
        foreach (nint block in _blocks) NativeMemory.Free((void*)block);
        _blocks.Clear();
    }

    private LinuxCallException? Failure(ReadOnlySpan<ChildStep> steps)
    {
        bool denied = false;
        for (int i = 0; i < steps.Length; i++)
        {
            if (steps[i].Result is ChildStep.NotMade or >= 0) continue;
            var error = (Errno)(-(int)steps[i].Result);
            if (((steps[i].Tolerated >> (int)error) & 1) != 0)
            {
                denied |= error == Errno.EACCES;
                continue;
            }
            if (steps[i].Number == SystemCalls.SetPriority && error == Errno.EACCES) error = Errno.EPERM; // as nice(2) has it
            // execvp(3): of several places the one where there was something counts.
            if (denied && error is Errno.ENOENT or Errno.ENOTDIR) error = Errno.EACCES;
            return new LinuxCallException(error, _names[i]);
        }
        return null;
    }
}
