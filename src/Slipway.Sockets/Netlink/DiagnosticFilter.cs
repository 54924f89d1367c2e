using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>
/// Which sockets of the internet sock_diag(7) is to tell of: a condition that goes along with the request (INET_DIAG_REQ_BYTECODE), so that the system chooses and not who asks. Conditions are made here and put
/// together with <see cref="And"/>, <see cref="Or"/> and <see cref="Not"/>.
/// </summary>
/// <remarks>
/// What is sent is a program of the machine of linux/inet_diag.h. Each of its operations says how far to go where it holds and where not; a socket is taken if the way leads to the end, and not if it leads four bytes
/// beyond.
/// </remarks>
public sealed class DiagnosticFilter
{
    // INET_DIAG_BC_ operations.
    private const byte Jump = 1, LocalAtLeast = 2, LocalAtMost = 3, RemoteAtLeast = 4, RemoteAtMost = 5, Automatic = 6, LocalCondition = 7, RemoteCondition = 8, InterfaceCondition = 9, MarkCondition = 10;

    private const int HeadLength = 4, AnyPort = -1;

    private readonly byte[] _program;

    private DiagnosticFilter(byte[] program)
    {
        // A jump has 16 bits.
        if (program.Length + HeadLength > ushort.MaxValue) throw new ArgumentException("the condition is too long for sock_diag", nameof(program));
        _program = program;
    }

    /// <summary>Every socket.</summary>
    public static DiagnosticFilter Everything { get; } = Ends(LocalCondition, default, 0, null);

    /// <summary>Sockets whose port the system has chosen.</summary>
    public static DiagnosticFilter AutomaticPort { get; } = new(Operation(Automatic, 0));

    /// <summary>The program as the request carries it.</summary>
    public ReadOnlySpan<byte> Program => _program;

    /// <summary>Sockets with an own address below a prefix.</summary>
    /// <param name="address">The address; one of IPv4 also is that of an IPv6 socket that has it as a mapped one.</param>
    /// <param name="prefixLength">How many bits must agree.</param>
    /// <param name="port">The own port; null for any.</param>
    /// <exception cref="ArgumentOutOfRangeException">The prefix is longer than the address.</exception>
    public static DiagnosticFilter Local(InetAddress address, int prefixLength, ushort? port = null) => Ends(LocalCondition, address, prefixLength, port);

    /// <summary>Sockets with a peer below a prefix; parameters as for <see cref="Local"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The prefix is longer than the address.</exception>
    public static DiagnosticFilter Remote(InetAddress address, int prefixLength, ushort? port = null) => Ends(RemoteCondition, address, prefixLength, port);

    /// <summary>Sockets with this own port.</summary>
    public static DiagnosticFilter LocalPort(ushort port) => Ends(LocalCondition, default, 0, port);

    /// <summary>Sockets with this port of a peer.</summary>
    public static DiagnosticFilter RemotePort(ushort port) => Ends(RemoteCondition, default, 0, port);

    /// <summary>Sockets whose own port is not below this one.</summary>
    public static DiagnosticFilter LocalPortAtLeast(ushort port) => Port(LocalAtLeast, port);

    /// <summary>Sockets whose own port is not above this one.</summary>
    public static DiagnosticFilter LocalPortAtMost(ushort port) => Port(LocalAtMost, port);

    /// <summary>Sockets whose peer's port is not below this one.</summary>
    public static DiagnosticFilter RemotePortAtLeast(ushort port) => Port(RemoteAtLeast, port);

    /// <summary>Sockets whose peer's port is not above this one.</summary>
    public static DiagnosticFilter RemotePortAtMost(ushort port) => Port(RemoteAtMost, port);

    /// <summary>Sockets that are bound to an interface (SO_BINDTODEVICE); 0 for those that are bound to none.</summary>
    public static DiagnosticFilter Interface(int index)
    {
        byte[] program = Operation(InterfaceCondition, sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(program.AsSpan(HeadLength), index);
        return new DiagnosticFilter(program);
    }

    /// <summary>Sockets with a mark (SO_MARK). Only CAP_NET_ADMIN may ask for it: EPERM otherwise.</summary>
    /// <param name="mark">The mark.</param>
    /// <param name="mask">The bits of the socket's mark that count.</param>
    public static DiagnosticFilter Mark(uint mark, uint mask = uint.MaxValue)
    {
        byte[] program = Operation(MarkCondition, 2 * sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(program.AsSpan(HeadLength), mark);
        BinaryPrimitives.WriteUInt32LittleEndian(program.AsSpan(HeadLength + sizeof(uint)), mask);
        return new DiagnosticFilter(program);
    }

    /// <summary>Sockets for which both hold.</summary>
    /// <exception cref="ArgumentException">The program would be longer than 64 KiB.</exception>
    public DiagnosticFilter And(DiagnosticFilter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        byte[] program = [.. _program, .. other._program];
        // Who does not hold here leaves behind the other as well.
        for (int at = 0; at < _program.Length; at += program[at + 1])
        {
            Span<byte> away = program.AsSpan(at + 2, sizeof(ushort));
            int distance = BinaryPrimitives.ReadUInt16LittleEndian(away);
            if (distance == _program.Length - at + HeadLength) BinaryPrimitives.WriteUInt16LittleEndian(away, (ushort)(distance + other._program.Length));
        }
        return new DiagnosticFilter(program);
    }

    /// <summary>Sockets for which one of them holds.</summary>
    /// <exception cref="ArgumentException">The program would be longer than 64 KiB.</exception>
    public DiagnosticFilter Or(DiagnosticFilter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new DiagnosticFilter([.. _program, .. JumpBy(HeadLength + other._program.Length), .. other._program]);
    }

    /// <summary>Sockets for which it does not hold.</summary>
    /// <exception cref="ArgumentException">The program would be longer than 64 KiB.</exception>
    public DiagnosticFilter Not() => new([.. _program, .. JumpBy(2 * HeadLength)]);

    /// <summary>An operation that never holds.</summary>
    private static byte[] JumpBy(int distance)
    {
        byte[] jump = [Jump, HeadLength, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(jump.AsSpan(2), (ushort)distance);
        return jump;
    }

    /// <summary>The head of an operation that is a program of its own, with room for what it compares.</summary>
    private static byte[] Operation(byte code, int operands)
    {
        int length = HeadLength + operands;
        byte[] program = new byte[length];
        (program[0], program[1]) = (code, (byte)length);
        BinaryPrimitives.WriteUInt16LittleEndian(program.AsSpan(2), (ushort)(length + HeadLength));
        return program;
    }

    /// <summary>The port stands where a second operation would have its second jump.</summary>
    private static DiagnosticFilter Port(byte code, ushort port)
    {
        byte[] program = Operation(code, HeadLength);
        BinaryPrimitives.WriteUInt16LittleEndian(program.AsSpan(HeadLength + 2), port);
        return new DiagnosticFilter(program);
    }

    /// <summary>struct inet_diag_hostcond: family, bits that count, port, address.</summary>
    private static DiagnosticFilter Ends(byte code, InetAddress address, int prefixLength, ushort? port)
    {
        const int ConditionLength = 8, PortOffset = 4;
        // Without an address there is room for one of IPv4 nevertheless, as ss(8) has it.
        int length = address.Family == AddressFamily.Inet6 && prefixLength > 0 ? 16 : 4;
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, 8 * length);
        byte[] program = Operation(code, ConditionLength + length);
        Span<byte> condition = program.AsSpan(HeadLength);
        if (prefixLength > 0)
        {
            condition[0] = (byte)address.Family;
            condition[1] = (byte)prefixLength;
            address.WriteAddress(condition.Slice(ConditionLength, length));
        }
        BinaryPrimitives.WriteInt32LittleEndian(condition[PortOffset..], port ?? AnyPort);
        return new DiagnosticFilter(program);
    }
}
