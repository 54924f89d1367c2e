using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>What a call gave: its errno, and all else that a program can see of it, without what each system chooses for itself.</summary>
/// <param name="Error">The errno; <see cref="Errno.None"/> for a call that succeeded.</param>
/// <param name="Text">Value, bytes, flags; what the exception said where one escaped.</param>
internal readonly record struct FuzzOutcome(Errno Error, string Text)
{
    /// <summary>A call that failed, or succeeded with nothing to tell.</summary>
    public static implicit operator FuzzOutcome(Errno error) => new(error, "");

    /// <summary>A call that succeeded with something to tell.</summary>
    public static FuzzOutcome Success(string text) => new(Errno.None, text);

    /// <summary>Whether a call succeeded.</summary>
    public bool Succeeded => Error == Errno.None;

    public override string ToString() => Error != Errno.None ? Error.Name() : Text.Length == 0 ? "0" : Text;
}
