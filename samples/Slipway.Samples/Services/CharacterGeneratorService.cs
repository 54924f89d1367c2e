using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>Character generator (RFC 864): the answer is a random number of characters, 0 to 512, of the pattern that RFC 864 shows.</summary>
public sealed class CharacterGeneratorService : DatagramService
{
    private const int LongestAnswer = 512;

    public override string Name => "chargen";

    public override ushort Port => 19;

    protected override int? Answer(HostProcess process, ReadOnlySpan<byte> request, Span<byte> answer)
    {
        int length = (int)(process.NextRandom() % (LongestAnswer + 1));
        for (int i = 0; i < length; i++) answer[i] = CharacterPattern.At(i);
        return length;
    }
}
