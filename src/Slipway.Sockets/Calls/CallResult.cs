namespace Slipway.Sockets;

/// <summary>What a call gives back: a value, or why it failed. The kernel's "negative is an error" would lose negative values such as a process group.</summary>
/// <param name="Value">The value of a call that succeeded: a descriptor, a count of bytes, flags. -1 where it failed.</param>
/// <param name="Error">The error, or <see cref="Errno.None"/>.</param>
public readonly record struct CallResult(int Value, Errno Error)
{
    /// <summary>Whether the call succeeded.</summary>
    public bool Succeeded => Error == Errno.None;

    /// <summary>A success with this value.</summary>
    public static implicit operator CallResult(int value) => new(value, Errno.None);

    /// <summary>A failure, or success with the value 0 for <see cref="Errno.None"/>.</summary>
    public static implicit operator CallResult(Errno error) => new(error == Errno.None ? 0 : -1, error);

    /// <summary>A success with this value.</summary>
    public static CallResult FromInt32(int value) => value;

    /// <summary>A failure.</summary>
    public static CallResult FromErrno(Errno error) => error;

    /// <summary>The value, or the name of the error.</summary>
    public override string ToString() => Succeeded ? Value.ToString(System.Globalization.CultureInfo.InvariantCulture) : Error.Name();
}
