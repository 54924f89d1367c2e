using System.Runtime.CompilerServices;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Statements of a scenario. Each says in words what failed: the expression, what was seen, what was expected.</summary>
public static class Expect
{
    /// <summary>The call succeeds.</summary>
    /// <returns>Its value.</returns>
    public static int Success(CallResult result, [CallerArgumentExpression(nameof(result))] string? call = null)
        => result.Succeeded ? result.Value : throw new ExpectationException($"{call}: {result.Error.Name()}, expected success");

    /// <summary>The call succeeds.</summary>
    public static void Success(Errno error, [CallerArgumentExpression(nameof(error))] string? call = null)
        => Fails(Errno.None, error, call);

    /// <summary>The call fails with this errno.</summary>
    public static void Fails(Errno expected, CallResult result, [CallerArgumentExpression(nameof(result))] string? call = null)
    {
        if (result.Error != expected) throw new ExpectationException($"{call}: {result}, expected {expected.Name()}");
    }

    /// <summary>The call fails with this errno (<see cref="Errno.None"/>: succeeds).</summary>
    public static void Fails(Errno expected, Errno error, [CallerArgumentExpression(nameof(error))] string? call = null)
    {
        if (error != expected) throw new ExpectationException($"{call}: {error.Name()}, expected {expected.Name()}");
    }

    /// <summary>Both are equal.</summary>
    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string? expression = null)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) throw new ExpectationException($"{expression}: {actual}, expected {expected}");
    }

    /// <summary>The bytes are equal.</summary>
    public static void Bytes(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, [CallerArgumentExpression(nameof(actual))] string? expression = null)
    {
        if (!expected.SequenceEqual(actual))
            throw new ExpectationException($"{expression}: {Convert.ToHexString(actual)}, expected {Convert.ToHexString(expected)}");
    }

    /// <summary>The value lies in the range, ends included.</summary>
    public static void InRange(long low, long high, long actual, [CallerArgumentExpression(nameof(actual))] string? expression = null)
    {
        if (actual < low || actual > high) throw new ExpectationException($"{expression}: {actual}, expected {low} to {high}");
    }

    /// <summary>The condition holds.</summary>
    public static void True(bool condition, [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition) throw new ExpectationException($"{expression}: false");
    }

    /// <summary>The action throws a <see cref="SocketCallException"/> with this errno.</summary>
    public static void Throws(Errno expected, Action action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        try
        {
            action();
        }
        catch (SocketCallException exception)
        {
            Fails(expected, exception.Errno, expression);
            return;
        }
        throw new ExpectationException($"{expression}: no error, expected {expected.Name()}");
    }
}
