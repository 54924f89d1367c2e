using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>Character generator (RFC 864): the answer is a random number of characters, 0 to 512, of the pattern that RFC 864 shows.</summary>
public sealed class CharacterGeneratorService : DatagramService
{
    private const int LongestAnswer = 512, LineLength = 72;
    private const byte FirstCharacter = (byte)' ', CharacterCount = 95; // the printing characters of ASCII

    public override string Name => "chargen";

    public override ushort Port => 19;

    protected override int? Answer(HostProcess process, ReadOnlySpan<byte> request, Span<byte> answer)
    {
        int length = (int)(process.NextRandom() % (LongestAnswer + 1));
        for (int i = 0; i < length; i++) answer[i] = Character(i);
        return length;
    }

    /// <summary>Lines of 72 characters, each begun one character later than the line before.</summary>
    private static byte Character(int position)
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
