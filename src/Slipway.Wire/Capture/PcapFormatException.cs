using System.Globalization;

namespace Slipway.Wire;

/// <summary>A capture file breaks its format.</summary>
public sealed class PcapFormatException : FormatException
{
    /// <summary>Makes one without details.</summary>
    public PcapFormatException()
    {
    }

    /// <summary>Makes one with a message.</summary>
    public PcapFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and its cause.</summary>
    public PcapFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes one that says where.</summary>
    /// <param name="offset">Bytes from the start of the file to what is wrong.</param>
    /// <param name="message">What is wrong.</param>
    public PcapFormatException(long offset, string message)
        : base(string.Create(CultureInfo.InvariantCulture, $"pcapng: {message} (at byte {offset})")) => Offset = offset;

    /// <summary>Bytes from the start of the file to what is wrong.</summary>
    public long Offset { get; }
}
