using Slipway.Fuzz;

namespace Slipway.Wire.Tests;

public class FramePrinterTests
{
    [Fact]
    public void Every_sample_prints_one_line_without_a_complaint()
    {
        foreach ((string name, byte[] frame) in SamplePackets.Frames)
        {
            string line = FramePrinter.PrintFrame(frame);
            line.ShouldNotContain('\n', name);
            line.Split("options [")[0].Split("Flags [")[0].ShouldNotContain('[', $"{name}: {line}");
        }
    }
}
