using System.Globalization;

namespace Slipway.Lab;

/// <summary>Something in a lab file that cannot be.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="Message">What is wrong, and what is allowed.</param>
public sealed record LabFileProblem(int Line, int Column, string Message)
{
    /// <summary>Line, column and message.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}: {Message}");
}
