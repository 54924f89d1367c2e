using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>Any sequence of operations on packets and their clones leaves each with the bytes that a plain list would have.</summary>
public sealed class PacketBufferModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Packets_and_their_clones_behave_like_lists_of_bytes(ulong seed)
    {
        var random = new SeededRandom(seed);
        var loop = new StackLoop(new VirtualClock());
        using LoopScope scope = loop.Enter();
        var live = new List<(PacketBuffer Packet, List<byte> Bytes)>();

        for (int step = 0; step < 20_000; step++)
        {
            if (live.Count == 0 || (live.Count < 12 && random.Next(8) == 0)) live.Add(Rent(loop, random));
            int which = random.Next(live.Count);
            (PacketBuffer packet, List<byte> bytes) = live[which];
            switch (random.Next(13))
            {
                case 0:
                    byte[] header = Bytes(random, 300);
                    header.CopyTo(packet.Prepend(header.Length));
                    bytes.InsertRange(0, header);
                    break;
                case 1:
                    byte[] tail = Bytes(random, 3000);
                    packet.Append(tail);
                    bytes.AddRange(tail);
                    break;
                case 2:
                    int front = random.Next(bytes.Count + 1);
                    packet.TrimStart(front);
                    bytes.RemoveRange(0, front);
                    break;
                case 3:
                    int back = random.Next(bytes.Count + 1);
                    packet.TrimEnd(back);
                    bytes.RemoveRange(bytes.Count - back, back);
                    break;
                case 4 when bytes.Count > 0:
                    int at = random.Next(bytes.Count);
                    packet.EnsureWritable();
                    packet.Span[at] = bytes[at] = (byte)random.NextUInt32();
                    break;
                case 5:
                    live.Add((packet.Clone(), [.. bytes]));
                    break;
                case 6:
                    live.Add((packet.Copy(), [.. bytes]));
                    break;
                case 7:
                    live.Add((packet.ShareForTransmit(), [.. bytes]));
                    break;
                case 8:
                    int cut = random.Next(bytes.Count + 1);
                    live.Add((packet.Split(cut), bytes[cut..]));
                    bytes.RemoveRange(cut, bytes.Count - cut);
                    break;
                case 9 when bytes.Count > 0:
                    int headers = random.Next(bytes.Count) + 1;
                    packet.EnsureHeaderWritable(headers);
                    packet.Span[headers - 1] = bytes[headers - 1] = (byte)random.NextUInt32();
                    break;
                default:
                    packet.Release();
                    live.RemoveAt(which);
                    break;
            }
            foreach ((PacketBuffer other, List<byte> expected) in live)
                other.Span.SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(expected)).ShouldBeTrue($"step {step}");
        }

        foreach ((PacketBuffer packet, _) in live) packet.Release();
        loop.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void Trimming_more_than_there_is_is_refused_and_changes_nothing()
    {
        var loop = new StackLoop(new VirtualClock());
        using LoopScope scope = loop.Enter();
        PacketBuffer packet = loop.Packets.RentCopy([1, 2, 3]);

        Should.Throw<ArgumentOutOfRangeException>(() => packet.TrimStart(4));
        Should.Throw<ArgumentOutOfRangeException>(() => packet.TrimEnd(4));
        Should.Throw<ArgumentOutOfRangeException>(() => packet.TrimStart(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => packet.RestoreStart(PacketPool.DefaultHeadroom + 1));

        packet.Span.ToArray().ShouldBe([1, 2, 3]);
        packet.Release();
    }

    private static (PacketBuffer Packet, List<byte> Bytes) Rent(StackLoop loop, SeededRandom random)
    {
        byte[] bytes = Bytes(random, 2500);
        return (loop.Packets.RentCopy(bytes, headroom: random.Next(3) * 100), [.. bytes]);
    }

    private static byte[] Bytes(SeededRandom random, int bound)
    {
        byte[] bytes = new byte[random.Next(bound)];
        random.Fill(bytes);
        return bytes;
    }
}
