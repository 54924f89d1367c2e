using System.Buffers.Binary;
using System.Security.Cryptography;
using Slipway.Stack;

namespace Slipway.Cli;

/// <summary>Random numbers that nobody can guess, for a host that stands on a real network (RFC 6056, RFC 6528).</summary>
internal sealed class CryptographicRandom : RandomSource
{
    /// <inheritdoc/>
    public override ulong NextUInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <inheritdoc/>
    public override RandomSource Derive(string label) => this;
}
