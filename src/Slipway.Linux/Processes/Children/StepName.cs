using System.Globalization;

namespace Slipway.Linux;

/// <summary>What a step of a child is called where it fails: the call with its values. It becomes text only then, because nearly always nobody reads it.</summary>
/// <param name="Form">The call; {0} and {1} stand for the numbers, {2} for the text in quotes.</param>
/// <param name="First">The first number.</param>
/// <param name="Second">The second number.</param>
/// <param name="Text">The text; null for a form that has no places at all, unless there are numbers.</param>
internal readonly record struct StepName(string Form, long? First = null, long? Second = null, string? Text = null)
{
    public override string ToString()
        => First is null && Text is null ? Form : string.Format(CultureInfo.InvariantCulture, Form, First, Second, Text is null ? null : CString.Quote(Text));
}
