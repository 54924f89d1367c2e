using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Short forms for the rows of the tables of handlers.</summary>
/// <typeparam name="TSocket">The sockets that have the options; <see cref="OptionTable"/> looks at the level before it calls a handler.</typeparam>
internal static class HandlerRows<TSocket> where TSocket : OpenSocket
{
    /// <summary>A bit of <see cref="SocketFlags"/>.</summary>
    public static OptionHandler Flag(int level, int number, SocketFlags flag, bool refusesEmpty = false, bool takesAnyLength = false) => new()
    {
        Definition = Row(level, number),
        Get = socket => socket.Has(flag) ? 1 : 0,
        Set = (socket, _, value) =>
        {
            socket.Set(flag, value != 0);
            return Errno.None;
        },
        RefusesEmpty = refusesEmpty,
        TakesAnyLength = takesAnyLength,
    };

    /// <summary>An int that is kept as it is.</summary>
    public static OptionHandler Number(int level, int number, Func<TSocket, int> get, Action<TSocket, int> set) => Number(level, number, get, (socket, _, value) =>
    {
        set(socket, value);
        return Errno.None;
    });

    /// <summary>An int of a range; others are EINVAL.</summary>
    public static OptionHandler Number(int level, int number, int least, int most, Func<TSocket, int> get, Action<TSocket, int> set, bool refusesEmpty = false, Errno onStreams = Errno.None) => Number(level, number, get, (socket, _, value) =>
    {
        if (value < least || value > most) return Errno.EINVAL;
        set(socket, value);
        return Errno.None;
    }, refusesEmpty, onStreams);

    /// <summary>An int with rules of its own.</summary>
    public static OptionHandler Number(int level, int number, Func<TSocket, int>? get, Func<TSocket, Caller, int, Errno>? set, bool refusesEmpty = false, Errno onStreams = Errno.None) => new()
    {
        StreamRefusal = onStreams,
        Definition = Row(level, number),
        Get = get is null ? null : socket => get((TSocket)socket),
        Set = set is null ? null : (socket, caller, value) => set((TSocket)socket, caller, value),
        RefusesEmpty = refusesEmpty,
    };

    /// <summary>An int that can only be read.</summary>
    public static OptionHandler ReadOnly(int level, int number, Func<TSocket, int> get) => Number(level, number, get, null);

    /// <summary>A value that is no int.</summary>
    public static OptionHandler Bytes(int level, int number, OptionReader<TSocket>? read, OptionWriter<TSocket>? write, bool takesAnyLength = false, Errno onStreams = Errno.None) => new()
    {
        StreamRefusal = onStreams,
        Definition = Row(level, number),
        Read = read is null ? null : (socket, value) => read((TSocket)socket, value),
        Write = write is null ? null : (socket, caller, value) => write((TSocket)socket, caller, value),
        TakesAnyLength = takesAnyLength,
    };

    /// <summary>An option that Linux has for other sockets.</summary>
    public static OptionHandler Refused(int level, int number, Errno error) => new() { Definition = Row(level, number), Refusal = error };

    public static SocketOptionDefinition Row(int level, int number)
        => SocketOptions.Find(level, number) ?? throw new InvalidOperationException($"The table of options has no row for level {level}, number {number}.");
}
