using System.Runtime.InteropServices;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>The steps of a child between its beginning and its program, each with the words that name it if it fails, and the memory that they point to.</summary>
internal sealed unsafe class ChildPlan : IDisposable
{
    private const int BlockLength = 4096, UsualSteps = 16;
    private const int SharesMemory = 0x100, SharesDescriptors = 0x400, GivesDescriptor = 0x1000, Waits = 0x4000, TellsOwn = 0x0100_0000; // CLONE_VM, _FILES, _PIDFD, _VFORK, _CHILD_SETTID

    private static readonly Lazy<bool> s_canClear = new(HasClone3);

    private readonly List<ChildStep> _steps = new(UsualSteps);
    private readonly List<StepName> _names = new(UsualSteps);
    private readonly int* _own;
    private byte* _block;
    private int _used = BlockLength;
    private ChildStep* _made;
    private int _fork = -1;

    public ChildPlan()
    {
        _own = (int*)Memory(sizeof(int));
        // The first step makes the child; what its call is, is known last.
        _names.Add(new StepName("clone()"));
        _steps.Add(default);
    }

    /// <summary>
    /// Whether the kernel itself gives all handled signals of the child their default action (clone3(2), CLONE_CLEAR_SIGHAND), so that no step need do it. A sandbox may refuse
    /// that call, as old ones do that cannot look into its arguments.
    /// </summary>
    public static bool ClearsHandlers => s_canClear.Value;

    /// <summary>Where the child finds its own process id.</summary>
    public nint OwnId => (nint)_own;

    /// <summary>Whether the child changes its ids. The kernel then guards the memory that it shares with us, and with it our files in /proc.</summary>
    public bool ChangesIds { get; set; }

    /// <summary>Zeroed memory for as long as the plan lives.</summary>
    public byte* Memory(int length)
    {
        const int Alignment = sizeof(ulong);
        int rounded = (length + Alignment - 1) & -Alignment;
        if (_used + rounded > BlockLength)
        {
            // A block begins with the address of the one before.
            byte* block = (byte*)NativeMemory.AllocZeroed((nuint)Math.Max(BlockLength, rounded + Alignment));
            *(byte**)block = _block;
            _block = block;
            _used = Alignment;
        }
        byte* room = _block + _used;
        _used += rounded;
        return room;
    }

    /// <summary>A text for the child: UTF-8 with a NUL.</summary>
    public nint Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        byte* room = Memory(length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(room, length));
        return (nint)room;
    }

    /// <summary>Texts for the child behind an array of pointers that ends with a null: <c>char *const argv[]</c>.</summary>
    public nint Texts(List<string> texts)
    {
        var pointers = (nint*)Memory((texts.Count + 1) * sizeof(nint));
        for (int i = 0; i < texts.Count; i++) pointers[i] = Text(texts[i]);
        return (nint)pointers;
    }

    /// <summary>A step, after which the child goes on only if it succeeds.</summary>
    public void Add(in StepName name, nint number, nint first = 0, nint second = 0, nint third = 0, nint fourth = 0, nint fifth = 0)
        => Add(name, [], number, first, second, third, fourth, fifth);

    /// <summary>A step, after which the child goes on also if it fails by one of these errors.</summary>
    public void Add(in StepName name, ReadOnlySpan<Errno> tolerated, nint number, nint first = 0, nint second = 0, nint third = 0, nint fourth = 0, nint fifth = 0)
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
        const nint ParentEnds = 1; // bit 0 of what is tolerated: no error has that number
        _fork = _steps.Count;
        _names.Add(new StepName("fork()"));
        _steps.Add(Clone(SharesMemory | Waits | TellsOwn | (int)Signal.SIGCHLD, null) with { Tolerated = ParentEnds });
    }

    /// <summary>The process that <see cref="AddFork"/> was for, after <see cref="Run"/>.</summary>
    public int ForkedId => (int)_made[_fork].Result;

    /// <summary>Makes the child and lets it go through the steps. It has our own table of descriptors until a step gives it another.</summary>
    /// <param name="flags">Flags of clone(2) beside those of vfork(2): namespaces.</param>
    /// <returns>The child that runs its program.</returns>
    /// <exception cref="LinuxCallException">The step that failed; the child has ended and is reaped.</exception>
    public SpawnedProcess Run(nint flags)
    {
        int descriptor = -1;
        nint all = flags | SharesMemory | SharesDescriptors | GivesDescriptor | Waits | TellsOwn;
        _steps[0] = ClearsHandlers ? CloneClearing(all, &descriptor) : Clone(all | (nint)Signal.SIGCHLD, &descriptor);
        var steps = (ChildStep*)Memory(_steps.Count * sizeof(ChildStep));
        CollectionsMarshal.AsSpan(_steps).CopyTo(new Span<ChildStep>(steps, _steps.Count));
        if (ChangesIds) Dumpable.BeginChange();
        nint child = ChildCode.Run(steps);
        if (ChangesIds) Dumpable.EndChange();
        if (child < 0) throw new LinuxCallException((Errno)(-(int)child), _names[0].ToString());
        var started = new SpawnedProcess(new ChildRecord((int)child, descriptor));
        _made = steps;
        if (Failure(new ReadOnlySpan<ChildStep>(steps, _steps.Count)) is not { } failure) return started;
        using (started) _ = started.Wait(WaitOptions.None, out _);
        throw failure;
    }

    public void Dispose()
    {
        while (_block != null)
        {
            byte* before = *(byte**)_block;
            NativeMemory.Free(_block);
            _block = before;
        }
    }

    private static bool HasClone3() => Libc.SystemCall(SystemCalls.Clone3, 0, 0, 0, 0, 0, 0) < 0 && Libc.LastError == Errno.EINVAL;

    // The last two arguments of clone(2) are the other way round on arm64.
    private ChildStep Clone(nint flags, int* descriptor) => new()
    {
        Number = SystemCalls.Clone, First = flags, Third = (nint)descriptor, Fourth = SystemCalls.IsArm64 ? 0 : OwnId, Fifth = SystemCalls.IsArm64 ? OwnId : 0, Result = ChildStep.NotMade,
    };

    private ChildStep CloneClearing(nint flags, int* descriptor)
    {
        const ulong ClearsHandledSignals = 0x1_0000_0000; // CLONE_CLEAR_SIGHAND
        const int Length = 64; // CLONE_ARGS_SIZE_VER0
        // struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, each of eight bytes.
        ulong* arguments = (ulong*)Memory(Length);
        arguments[0] = (ulong)flags | ClearsHandledSignals;
        arguments[1] = (ulong)descriptor;
        arguments[2] = (ulong)_own;
        arguments[4] = (ulong)Signal.SIGCHLD;
        return new ChildStep { Number = SystemCalls.Clone3, First = (nint)arguments, Second = Length, Result = ChildStep.NotMade };
    }

    private LinuxCallException? Failure(ReadOnlySpan<ChildStep> steps)
    {
        bool denied = false;
        for (int i = 0; i < steps.Length; i++)
        {
            if (steps[i].Result is ChildStep.NotMade or >= 0) continue;
            var error = (Errno)(-(int)steps[i].Result);
            if ((int)error < 64 && ((steps[i].Tolerated >> (int)error) & 1) != 0)
            {
                denied |= error == Errno.EACCES;
                continue;
            }
            if (steps[i].Number == SystemCalls.SetPriority && error == Errno.EACCES) error = Errno.EPERM; // as nice(2) has it
            // execvp(3): of several places the one where there was something counts.
            if (denied && error is Errno.ENOENT or Errno.ENOTDIR) error = Errno.EACCES;
            return new LinuxCallException(error, _names[i].ToString());
        }
        return null;
    }
}
