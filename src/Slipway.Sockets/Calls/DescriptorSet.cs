namespace Slipway.Sockets;

/// <summary>A set of descriptors for select: fd_set with its FD_SET, FD_CLR, FD_ISSET and FD_ZERO, 1024 numbers wide (FD_SETSIZE).</summary>
public sealed class DescriptorSet
{
    /// <summary>FD_SETSIZE: one more than the greatest descriptor that fits.</summary>
    public const int Size = 1024;

    private readonly ulong[] _bits = new ulong[Size / 64];

    /// <summary>The bits as the kernel lays them out: descriptor n is bit n % 64 of word n / 64.</summary>
    public Span<ulong> Words => _bits;

    /// <summary>FD_SET. C leaves a number outside 0 to 1023 undefined; here it throws.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The descriptor is not in 0 to 1023.</exception>
    public void Add(int descriptor) => Word(descriptor) |= 1UL << descriptor;

    /// <summary>FD_CLR.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The descriptor is not in 0 to 1023.</exception>
    public void Remove(int descriptor) => Word(descriptor) &= ~(1UL << descriptor);

    /// <summary>FD_ISSET.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The descriptor is not in 0 to 1023.</exception>
    public bool Contains(int descriptor) => (Word(descriptor) >> descriptor & 1) != 0;

    /// <summary>FD_ZERO.</summary>
    public void Clear() => Array.Clear(_bits);

    private ref ulong Word(int descriptor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(descriptor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(descriptor, Size);
        return ref _bits[descriptor >> 6];
    }
}
