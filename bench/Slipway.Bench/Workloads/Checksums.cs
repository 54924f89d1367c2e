using Slipway.Wire;

namespace Slipway.Bench;

/// <summary>The Internet checksum of a full-sized packet.</summary>
internal sealed class Checksums : IWorkload
{
    private readonly byte[] _packet = new byte[1500];
    private uint _sum;

    /// <summary>Fills the packet.</summary>
    public Checksums() => new Random(1).NextBytes(_packet);

    /// <inheritdoc/>
    public void Run(int operations)
    {
        uint sum = 0;
        for (int i = 0; i < operations; i++) sum += InternetChecksum.Compute(_packet);
        _sum += sum; // used, so that nothing is left out
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
