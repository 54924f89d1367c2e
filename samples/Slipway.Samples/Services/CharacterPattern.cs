namespace Slipway.Samples;

/// <summary>The pattern that RFC 864 shows: lines of 72 characters, each begun one character later than the line before.</summary>
internal static class CharacterPattern
{
    /// <summary>Bytes after which the pattern begins anew: as many lines as there are printing characters.</summary>
    public const int Period = CharacterCount * (LineLength + 2);

    private const int LineLength = 72;
    private const byte FirstCharacter = (byte)' ', CharacterCount = 95; // the printing characters of ASCII

    /// <summary>The character at a position.</summary>
    public static byte At(int position)
    {
        (int line, int column) = Math.DivRem(position, LineLength + 2);
        return column switch
        {
            LineLength => (byte)'\r',
            LineLength + 1 => (byte)'\n',
            _ => (byte)(FirstCharacter + (line + column) % CharacterCount),
        };
    }
}
