using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>What an option does: its row of the public table, bound to the state of a socket. Lengths, ranges of kinds and the order of checks are <see cref="OptionTable"/>'s.</summary>
internal sealed class OptionHandler
{
    public required SocketOptionDefinition Definition { get; init; }

    /// <summary>Reads an int or a flag.</summary>
    public Func<OpenSocket, int>? Get { get; init; }

    /// <summary>Sets an int, or a flag as 0 or another number.</summary>
    public Func<OpenSocket, Caller, int, Errno>? Set { get; init; }

    /// <summary>Reads a value that is no int. It gets all the caller's room and decides itself about its length.</summary>
    public OptionReader<OpenSocket>? Read { get; init; }

    /// <summary>Reads a program: its room is counted in instructions (SO_GET_FILTER).</summary>
    public Func<OpenSocket, Span<byte>, int, CallResult>? ReadProgram { get; init; }

    /// <summary>Sets a value that is no int.</summary>
    public OptionWriter<OpenSocket>? Write { get; init; }

    /// <summary>Levels of IPPROTO_IP: no bytes at all are EINVAL, where others take them for 0 (OPG-05).</summary>
    public bool RefusesEmpty { get; init; }

    /// <summary>Takes any length: less than an int counts as 0 (IPV6_DONTFRAG), or the writer checks.</summary>
    public bool TakesAnyLength { get; init; }

    /// <summary>Which sockets have it, where not all of the level do; the others refuse it with <see cref="Inapplicable"/>.</summary>
    public Func<OpenSocket, bool>? AppliesTo { get; init; }

    /// <summary>What those others get.</summary>
    public Errno Inapplicable { get; init; } = Errno.EOPNOTSUPP;

    /// <summary>Both calls fail with this: Linux knows the option, but not for these sockets.</summary>
    public Errno Refusal { get; init; }

    /// <summary>What setting it on a stream fails with; reading it is allowed there.</summary>
    public Errno StreamRefusal { get; init; }

    /// <summary>What both calls fail with on this socket; <see cref="Errno.None"/> where it has the option.</summary>
    public Errno RefusalTo(OpenSocket socket) => AppliesTo is { } applies && !applies(socket) ? Inapplicable : Refusal;
}
