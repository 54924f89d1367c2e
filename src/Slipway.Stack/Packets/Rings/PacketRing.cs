using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A ring of a packet socket: memory that the program reads and writes without entering the loop. Status words alone say whose a slot or a block is.</summary>
internal abstract class PacketRing
{
    /// <summary>Bytes of a page of memory.</summary>
    public const int PageSize = 4096;

    private byte[] _bytes;
    private int _offset;

    protected PacketRing(in PacketRingRequest request, byte[] bytes)
    {
        Request = request;
        _bytes = bytes;
    }

    public PacketRingRequest Request { get; }

    public PacketRingVersion Version => Request.Version;

    /// <summary>Bytes of a packet's header with the address that follows it (the kernel's tp_hdrlen).</summary>
    public int HeaderLength => HeaderLengthOf(Version);

    /// <summary>Bytes of memory.</summary>
    public int Length => (int)Request.Length;

    /// <summary>The memory, and where in it the ring begins.</summary>
    public (byte[] Bytes, int Offset) Memory => (_bytes, _offset);

    /// <summary>Whether a request can be a ring (Linux packet_set_ring), and memory for it.</summary>
    /// <returns>EINVAL for sizes that do not fit each other, ENOMEM.</returns>
    public static Errno Check(in PacketRingRequest request, int reserve, out byte[] memory)
    {
        memory = [];
        if ((int)request.BlockSize <= 0 || request.BlockSize % PageSize != 0) return Errno.EINVAL;
        uint least = (uint)HeaderLengthOf(request.Version) + (uint)reserve;
        if (request.Version == PacketRingVersion.V3 && request.BlockSize < (ulong)BlockRing.StartOf(request.PrivateSize) + least) return Errno.EINVAL;
        if (request.FrameSize < least || request.FrameSize % PacketRingFormat.Alignment != 0) return Errno.EINVAL;
        uint framesPerBlock = request.BlockSize / request.FrameSize;
        if (framesPerBlock == 0 || (ulong)framesPerBlock * request.BlockCount != request.FrameCount) return Errno.EINVAL;
        if (request.Length > Array.MaxLength) return Errno.ENOMEM;
        try
        {
            memory = new byte[request.Length];
            return Errno.None;
        }
        catch (OutOfMemoryException)
        {
            return Errno.ENOMEM;
        }
    }

    /// <summary>The ring lies elsewhere from now on: in the one piece of memory that is mapped.</summary>
    public void MoveTo(byte[] bytes, int offset)
    {
        Part(0, Length).CopyTo(bytes.AsSpan(offset));
        _bytes = bytes;
        _offset = offset;
    }

    protected Span<byte> Part(int start, int length) => _bytes.AsSpan(_offset + start, length);

    /// <summary>A slot, which lies in one block.</summary>
    protected Span<byte> Slot(int index)
    {
        int perBlock = (int)(Request.BlockSize / Request.FrameSize);
        return Part((index / perBlock * (int)Request.BlockSize) + (index % perBlock * (int)Request.FrameSize), (int)Request.FrameSize);
    }

    private static int HeaderLengthOf(PacketRingVersion version) => PacketRingFormat.HeaderLength(version) + LinkLayerAddress.StructureLength;
}
