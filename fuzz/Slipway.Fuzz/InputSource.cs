using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>Inputs without end: some random from the first byte, most of them well-formed packets and captures with something broken.</summary>
public sealed class InputSource(ulong seed)
{
    private static readonly byte[] TellingBytes = [0x00, 0x01, 0x02, 0x03, 0x04, 0x07, 0x08, 0x27, 0x28, 0x29, 0x2C, 0x3C, 0x40, 0x45, 0x46, 0x4F, 0x60, 0x7F, 0x80, 0x88, 0xFE, 0xFF];

    private readonly FuzzRandom _random = new(seed);
    private readonly byte[][] _corpus = BuildCorpus();

    /// <summary>The next input.</summary>
    public byte[] Next()
    {
        if (_random.Below(8) == 0) return _random.Bytes(_random.Below(128));
        byte[] input = (byte[])_corpus[_random.Below(_corpus.Length)].Clone();
        for (int changes = _random.Below(4) + 1; changes > 0; changes--) input = Mutate(input);
        return input;
    }

    private byte[] Mutate(byte[] input)
    {
        if (input.Length == 0) return _random.Bytes(4);
        int at = _random.Below(input.Length);
        switch (_random.Below(8))
        {
            case 0:
                return input[..at];
            case 1:
                return input[at..];
            case 2:
                return [.. input, .. _random.Bytes(_random.Below(16) + 1)];
            case 3:
                return [.. input[..at], .. input[_random.Below(input.Length)..]];
            case 4:
                byte[] other = _corpus[_random.Below(_corpus.Length)];
                return [.. input[..at], .. other[_random.Below(other.Length)..]];
            case 5:
                input[at] ^= (byte)(1 << _random.Below(8));
                return input;
            case 6:
                input[at] = TellingBytes[_random.Below(TellingBytes.Length)];
                return input;
            default:
                input[at] = (byte)_random.Next();
                return input;
        }
    }

    /// <summary>Every sample as a frame, from each header on, and in a capture.</summary>
    private static byte[][] BuildCorpus()
    {
        var corpus = new List<byte[]>();
        using var capture = new MemoryStream();
        using (var writer = new PcapngWriter(capture, leaveOpen: true))
        {
            int ethernet = writer.AddInterface("eth0", LinkType.Ethernet);
            foreach ((string name, byte[] frame) in SamplePackets.Frames)
            {
                corpus.Add(frame);
                corpus.Add(frame[14..]);
                foreach (int header in (ReadOnlySpan<int>)[34, 54])
                    if (frame.Length > header) corpus.Add(frame[header..]);
                writer.WritePacket(ethernet, corpus.Count, frame, comment: name);
            }
        }
        byte[] whole = capture.ToArray();
        for (int copies = 0; copies < 8; copies++) corpus.Add(whole[..Math.Min(whole.Length, 600 + copies * 500)]);
        return [.. corpus];
    }
}
