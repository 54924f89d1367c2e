using Slipway.Fuzz;

namespace Slipway.Wire.Tests;

public class FuzzTests
{
    private const int Inputs = 15_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2026)]
    public void No_bytes_bring_a_view_the_printer_or_the_capture_reader_down(ulong seed)
    {
        var source = new InputSource(seed);
        for (int i = 0; i < Inputs; i++)
        {
            byte[] input = source.Next();
            if (WireTarget.Try(input) is { } problem) Assert.Fail($"seed {seed}, input {i}, {Convert.ToHexString(input)}: {problem}");
        }
    }

    [Fact]
    public void Every_packet_cut_at_any_place_is_refused_or_read()
    {
        foreach ((string name, byte[] frame) in SamplePackets.Frames)
        {
            for (int length = 0; length <= frame.Length; length++)
            {
                if (WireTarget.Try(frame[..length]) is { } problem) Assert.Fail($"{name} cut to {length} bytes: {problem}");
                if (length >= 14 && WireTarget.Try(frame[14..length]) is { } inner) Assert.Fail($"{name} without its link header, cut to {length - 14} bytes: {inner}");
            }
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_inputs()
    {
        InputSource first = new(5), second = new(5);
        for (int i = 0; i < 1000; i++) first.Next().ShouldBe(second.Next());
    }
}
