using System.Buffers.Binary;
using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>A control message that is sent, right or broken.</summary>
/// <param name="Level">cmsg_level.</param>
/// <param name="Type">cmsg_type.</param>
/// <param name="Data">Its data.</param>
/// <param name="Descriptor">The socket whose descriptor the data are instead, or -1.</param>
/// <param name="Skew">What cmsg_len says more than is true.</param>
internal sealed record FuzzControl(int Level, int Type, byte[] Data, int Descriptor, int Skew)
{
    private const int HeaderLength = 16, Alignment = 8;

    /// <summary>The bytes on a system, padded.</summary>
    public byte[] Resolve(FuzzWorld world)
    {
        byte[] data = Data;
        if (Descriptor >= 0)
        {
            data = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(data, world[Descriptor]);
        }
        byte[] message = new byte[(HeaderLength + data.Length + Alignment - 1) / Alignment * Alignment];
        // A length that is too long takes the padding for descriptors: of nothing, as the others would be some file of this process.
        if (Descriptor >= 0) message.AsSpan(HeaderLength).Fill(0xFF);
        BinaryPrimitives.WriteInt64LittleEndian(message, HeaderLength + data.Length + Skew);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), Level);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), Type);
        data.CopyTo(message, HeaderLength);
        return message;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{{{FuzzNames.Option(Level, Type)}: {(Descriptor >= 0 ? $"s{Descriptor}" : Convert.ToHexStringLower(Data))}{(Skew == 0 ? "" : $", length {Skew:+0;-0}")}}}");

    /// <summary>Control messages that were received, as text; closes the descriptors that came.</summary>
    public static string Show(SocketSystem system, ReadOnlySpan<byte> control)
    {
        var parts = new List<string>();
        var reader = new ControlMessageReader(control);
        while (reader.MoveNext())
        {
            bool isRights = reader.Is(SocketLevel.SOL_SOCKET, ControlMessageType.SCM_RIGHTS);
            if (isRights)
                foreach (int descriptor in reader.Descriptors) system.Close(descriptor);
            // The descriptor of the sending process is one that came, too.
            bool isProcess = reader.Is(SocketLevel.SOL_SOCKET, ControlMessageType.SCM_PIDFD);
            if (isProcess) system.Close(reader.Int32);
            bool isOwn = isRights || isProcess || FuzzReasons.HidesMessage(reader.Level, reader.Type);
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{reader.Level}/{reader.Type} {(isOwn ? $"{reader.Data.Length} bytes" : Convert.ToHexStringLower(reader.Data))}"));
        }
        if (reader.IsMalformed) parts.Add("malformed");
        return string.Join("; ", parts);
    }
}
