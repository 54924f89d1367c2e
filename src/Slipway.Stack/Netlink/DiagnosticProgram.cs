using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>INET_DIAG_REQ_BYTECODE: the little program of ss(8) that chooses sockets by port, address, interface and mark (Linux inet_diag_bc_audit, inet_diag_bc_run). Jumps go forward, so each program ends.</summary>
internal static class DiagnosticProgram
{
    private const int OperationLength = 4, ConditionLength = 8, MarkLength = 8;
    private const byte Nop = 0, Jump = 1, SourceAtLeast = 2, SourceAtMost = 3, DestinationAtLeast = 4, DestinationAtMost = 5, Automatic = 6, SourceCondition = 7, DestinationCondition = 8,
        InterfaceCondition = 9, MarkCondition = 10, SourceEquals = 11, DestinationEquals = 12;

    /// <summary>Checks that a program stays within itself.</summary>
    /// <returns>EINVAL where it does not; EPERM for a mark without CAP_NET_ADMIN.</returns>
    public static Errno Check(ReadOnlySpan<byte> program, bool mayAskForMarks)
    {
        int at = 0;
        if (program.Length < OperationLength || (program.Length & 3) != 0) return Errno.EINVAL;
        while (at < program.Length)
        {
            ReadOnlySpan<byte> rest = program[at..];
            if (rest[0] == MarkCondition && !mayAskForMarks) return Errno.EPERM;
            int least = LengthOf(rest);
            if (least < 0 || least > rest.Length) return Errno.EINVAL;
            int yes = rest[1], no = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            if (rest[0] != Nop)
            {
                if (no < least || no > rest.Length + 4 || (no & 3) != 0) return Errno.EINVAL;
                if (no < rest.Length && !IsReached(program, at + no)) return Errno.EINVAL;
            }
            if (yes < least || yes > rest.Length + 4 || (yes & 3) != 0) return Errno.EINVAL;
            at += yes;
        }
        return at == program.Length ? Errno.None : Errno.EINVAL;
    }

    /// <summary>Whether the program, which was checked, takes a socket: it does where it comes to its end exactly.</summary>
    public static bool Takes(ReadOnlySpan<byte> program, DiagnosticEntry entry)
    {
        int at = 0;
        while (at < program.Length)
        {
            ReadOnlySpan<byte> rest = program[at..];
            at += Holds(rest, entry) ? rest[1] : BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
        }
        return at == program.Length;
    }

    private static bool Holds(ReadOnlySpan<byte> operation, DiagnosticEntry entry)
    {
        switch (operation[0])
        {
            case Jump:
                return false;
            case SourceAtLeast:
                return entry.LocalPort >= PortOf(operation);
            case SourceAtMost:
                return entry.LocalPort <= PortOf(operation);
            case SourceEquals:
                return entry.LocalPort == PortOf(operation);
            case DestinationAtLeast:
                return entry.RemotePort >= PortOf(operation);
            case DestinationAtMost:
                return entry.RemotePort <= PortOf(operation);
            case DestinationEquals:
                return entry.RemotePort == PortOf(operation);
            case Automatic:
                return entry.Socket is not { IsPortLocked: true };
            case SourceCondition:
                return Matches(operation[OperationLength..], entry.Family, entry.Local, entry.LocalPort);
            case DestinationCondition:
                return Matches(operation[OperationLength..], entry.Family, entry.Remote, entry.RemotePort);
            case InterfaceCondition:
                return BinaryPrimitives.ReadInt32LittleEndian(operation[OperationLength..]) == entry.Interface;
            case MarkCondition:
                uint mark = BinaryPrimitives.ReadUInt32LittleEndian(operation[OperationLength..]), mask = BinaryPrimitives.ReadUInt32LittleEndian(operation[(OperationLength + 4)..]);
                return ((uint)(entry.Socket?.Mark ?? 0) & mask) == mark;
            default:
                return true;
        }
    }

    /// <summary>The port stands in the second half of the operation behind.</summary>
    private static ushort PortOf(ReadOnlySpan<byte> operation) => BinaryPrimitives.ReadUInt16LittleEndian(operation[(OperationLength + 2)..]);

    /// <summary>struct inet_diag_hostcond: family, prefix length, port (-1 for any), address.</summary>
    private static bool Matches(ReadOnlySpan<byte> condition, AddressFamily family, IpAddress address, ushort port)
    {
        int wantedPort = BinaryPrimitives.ReadInt32LittleEndian(condition[4..]), length = condition[1];
        if (wantedPort != -1 && wantedPort != port) return false;
        if (length == 0) return true;
        var wantedFamily = (AddressFamily)condition[0];
        if (wantedFamily == AddressFamily.Inet6) return family == AddressFamily.Inet6 && IpAddress.ReadIPv6(condition[ConditionLength..]).SharesPrefixOfAll(address, length);
        return address.IsIPv4 && new IpPrefix(IpAddress.ReadIPv4(condition[ConditionLength..]), length).Contains(address);
    }

    /// <summary>Compares all 128 bits, an IPv4 address as the mapped one.</summary>
    private static bool SharesPrefixOfAll(this IpAddress left, IpAddress right, int length)
    {
        ulong high = length >= 64 ? ulong.MaxValue : length == 0 ? 0 : ulong.MaxValue << 64 - length;
        ulong low = length <= 64 ? 0 : length >= 128 ? ulong.MaxValue : ulong.MaxValue << 128 - length;
        return ((left.High ^ right.High) & high | (left.Low ^ right.Low) & low) == 0;
    }

    /// <summary>Bytes of an operation with its operands; -1 where there is no such operation.</summary>
    private static int LengthOf(ReadOnlySpan<byte> rest)
    {
        switch (rest[0])
        {
            case Nop or Jump or Automatic:
                return OperationLength;
            case SourceAtLeast or SourceAtMost or DestinationAtLeast or DestinationAtMost or SourceEquals or DestinationEquals or InterfaceCondition:
                return 2 * OperationLength;
            case MarkCondition:
                return OperationLength + MarkLength;
            case SourceCondition or DestinationCondition when rest.Length >= OperationLength + ConditionLength:
                int bytes = (AddressFamily)rest[OperationLength] switch { AddressFamily.Unspecified => 0, AddressFamily.Inet => 4, AddressFamily.Inet6 => 16, _ => -1 };
                return bytes < 0 || rest[OperationLength + 1] > bytes * 8 ? -1 : OperationLength + ConditionLength + bytes;
            default:
                return -1;
        }
    }

    /// <summary>Whether the way of those who say yes comes to a place, so that it is the beginning of an operation.</summary>
    private static bool IsReached(ReadOnlySpan<byte> program, int place)
    {
        int at = 0;
        while (at >= 0 && at < place)
        {
            int yes = program[at + 1];
            if (yes < OperationLength || (yes & 3) != 0) return false;
            at += yes;
        }
        return at == place;
    }
}
