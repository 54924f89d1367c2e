using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>The kernel's machine beside ours: programs over messages of a socket pair, and one array on each side.</summary>
internal sealed class KernelEbpf : IDisposable
{
    private const int RoomLength = 2048;

    private readonly LinuxSystem _kernel = LinuxSystem.Current;
    private readonly StackLoop _loop = new(new VirtualClock());
    private readonly int _sender, _receiver;
    private readonly byte[] _room = new byte[RoomLength];
    private readonly EbpfMap _map;

    public KernelEbpf(int valueLength, int entries)
    {
        _kernel.SocketPair(AddressFamily.Unix, SocketType.Datagram, 0, out _sender, out _receiver).ShouldBe(Errno.None);
        Map = _kernel.CreateMap(EbpfMapKind.Array, sizeof(int), valueLength, entries).Value;
        EbpfMap.Create(EbpfMapKind.Array, sizeof(int), valueLength, entries, out EbpfMap? map).ShouldBe(Errno.None);
        _map = map!;
    }

    /// <summary>The descriptor of the kernel's array.</summary>
    public int Map { get; }

    public CallResult Load(EbpfInstruction[] program) => _kernel.LoadProgram(program);

    /// <summary>Loads a program that names the kernel's array into ours.</summary>
    /// <param name="program">The instructions.</param>
    /// <param name="created">Ours.</param>
    /// <param name="deepest">How many bytes of its stack a function uses.</param>
    public Errno Create(EbpfInstruction[] program, out EbpfProgram? created, out int deepest)
    {
        EbpfInstruction[] named = Name(program);
        Errno error = EbpfVerifier.Check(named, [_map], out EbpfLayout? layout);
        deepest = error == Errno.None ? layout.Functions.Max(static one => one.Deepest) : 0;
        return EbpfProgram.Create(named, [_map], _loop, out created);
    }

    private static EbpfInstruction[] Name(EbpfInstruction[] program)
    {
        EbpfInstruction[] named = [.. program];
        for (int at = 0; at < named.Length; at++)
        {
            if (named[at].Code != EbpfCode.WideConstant) continue;
            if (named[at].Source != 0) named[at] = named[at] with { Immediate = 0 };
            at++;
        }
        return named;
    }

    /// <summary>Lets both judge a message.</summary>
    /// <param name="ours">Our program.</param>
    /// <param name="loaded">The kernel's, which is closed.</param>
    /// <param name="message">The message.</param>
    /// <param name="random">For the program.</param>
    /// <returns>How much of the message ours keeps, and how much the kernel.</returns>
    public (int Ours, int Kernels) Judge(EbpfProgram ours, int loaded, byte[] message, SeededRandom random)
    {
        int kept = SocketFilter.Judge(ours, new FilterPacket(message, random), 1);
        new Socket(_kernel, _receiver).AttachProgram(loaded);
        _kernel.Close(loaded);
        _kernel.Write(_sender, message).ShouldBe(message.Length);
        int none = 0;
        CallResult got = _kernel.RecvFrom(_receiver, _room, MessageFlags.MSG_DONTWAIT, default, ref none);
        return (kept, got.Succeeded ? got.Value : 0);
    }

    /// <summary>An element of both arrays.</summary>
    public (byte[] Ours, byte[] Kernels) Element(int number)
    {
        byte[] key = BitConverter.GetBytes(number), ours = new byte[_map.ValueSize], kernels = new byte[_map.ValueSize];
        _map.Read(key, ours).ShouldBe(Errno.None);
        _kernel.LookupElement(Map, key, kernels).ShouldBe(Errno.None);
        return (ours, kernels);
    }

    /// <summary>Writes an element of both arrays.</summary>
    public void Set(int number, byte[] value)
    {
        byte[] key = BitConverter.GetBytes(number);
        _map.Update(key, value, 0).ShouldBe(Errno.None);
        _kernel.UpdateElement(Map, key, value, 0).ShouldBe(Errno.None);
    }

    public void Dispose()
    {
        _kernel.Close(_sender);
        _kernel.Close(_receiver);
        _kernel.Close(Map);
    }
}
