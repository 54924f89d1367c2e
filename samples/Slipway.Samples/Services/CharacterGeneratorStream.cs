using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>Character generator over TCP (RFC 864): sends the pattern until the client closes, and throws away what the client says.</summary>
public sealed class CharacterGeneratorStream : StreamService
{
    // Long pieces, and each at its place in the pattern.
    private const int PieceLength = 8 * CharacterPattern.Period;

    private static readonly byte[] s_pattern = [.. Enumerable.Range(0, PieceLength).Select(static position => CharacterPattern.At(position % CharacterPattern.Period))];

    public override string Name => "chargen";

    public override ushort Port => 19;

    protected override async Task TalkAsync(HostProcess process, Socket client, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            await StreamServer.SendAllAsync(client, s_pattern, cancellationToken);
            TakeWhatWasSaid(client, buffer);
        }
    }

    private static void TakeWhatWasSaid(Socket client, Memory<byte> buffer)
    {
        int none = 0;
        while (client.System.RecvFrom(client.Descriptor, buffer.Span, MessageFlags.MSG_DONTWAIT, default, ref none) is { Succeeded: true, Value: > 0 })
        {
        }
    }
}
