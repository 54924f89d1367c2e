using System.Buffers.Binary;

namespace Slipway.Conformance;

/// <summary>A control message, kept.</summary>
/// <param name="Level">cmsg_level.</param>
/// <param name="Type">cmsg_type.</param>
/// <param name="Data">What it holds.</param>
public sealed record ControlItem(int Level, int Type, byte[] Data)
{
    /// <summary>The first four bytes as an int, or the only byte.</summary>
    public int Int32 => Data.Length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(Data) : Data[0];
}
