using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>The memory of a socket as sock_diag tells it (SK_MEMINFO_).</summary>
internal static class DiagnosticMemory
{
    private const int Fields = 9;

    public static void Write(NetlinkWriter writer, ushort type, OpenSocket socket)
    {
        (int received, int sent, uint drops) = socket.Memory;
        Span<byte> bytes = stackalloc byte[Fields * sizeof(uint)];
        // Received, its limit, sent, its limit, reserved, queued to send, options, backlog, drops.
        ReadOnlySpan<uint> values = [(uint)received, (uint)socket.ReceiveBuffer, (uint)sent, (uint)socket.SendBuffer, 0, (uint)sent, 0, 0, drops];
        for (int i = 0; i < Fields; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i * sizeof(uint))..], values[i]);
        writer.Attribute(type, bytes);
    }
}
