using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>getsockname(2) or getpeername(2).</summary>
internal sealed record NameCall(int Slot, bool Peer, int Room, int Claim) : FuzzCall(Slot)
{
    public override string Kind => Peer ? "getpeername" : "getsockname";

    public override FuzzOutcome Make(FuzzWorld world)
    {
        byte[] address = new byte[Room];
        int length = Claim;
        Errno error = Peer ? world.System.GetPeerName(world[Slot], address, ref length) : world.System.GetSockName(world[Slot], address, ref length);
        return error != Errno.None ? error : FuzzOutcome.Success(string.Create(CultureInfo.InvariantCulture, $"{length} bytes: {world.Show(address, length)}"));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}(s{Slot}, room {Room}, length {Claim})");
}
