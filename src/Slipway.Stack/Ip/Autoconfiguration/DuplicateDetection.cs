using System.Buffers.Binary;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// Asks whether somebody on the link has an address, before this host uses it (RFC 4862 §5.4, RFC 7527): after a random wait dad_transmits solicitations, retrans_time_ms after each of
/// which somebody may object.
/// </summary>
internal sealed class DuplicateDetection : StackTimer
{
    private const int NonceLength = 6;

    private readonly LocalAddress _address;
    private readonly NetworkInterface _device;
    private int _left;
    private ulong _nonce;

    public DuplicateDetection(LocalAddress address) : base(address.Interface.Host.Loop)
    {
        _address = address;
        _device = address.Interface;
    }

    /// <summary>Begins anew. Hosts that were switched on together shall not ask together.</summary>
    public void Begin()
    {
        IPv6Conf conf = _device.Settings.IPv6;
        RandomSource random = _device.Autoconfiguration.Random;
        _left = conf.DadTransmits.Value;
        _nonce = random.NextUInt64() >> 16;
        long wait = random.NextInt64(Math.Max(conf.RouterSolicitationDelay.Value, 1) * StackClock.Second);
        // An optimistic address is in use already: the sooner who has it objects, the better (RFC 4429 §3.3).
        if (_address.IsOptimistic) wait = 0;
        if (_address.StableTries > 0) wait += Math.Max(_device.Host.Sysctl.IPv6.IdgenDelay.Value, 0) * StackClock.Second;
        ArmAfter(wait);
    }

    /// <summary>Whether a solicitation is this host's own, come back by a loop in the link (RFC 7527 §4.1).</summary>
    public bool IsOwn(NeighborOptionsView options)
        => options.TryFind(NeighborOptionKind.Nonce, out NeighborOption nonce) && nonce.Data.Length == NonceLength && nonce.Data.SequenceEqual(Nonce(stackalloc byte[8]));

    /// <inheritdoc/>
    protected override void OnExpired()
    {
        if (_left-- <= 0)
        {
            _device.DetectionSucceeded(_address);
            return;
        }
        ArmAfter(Math.Max(_device.Settings.NeighborIPv6.RetransTimeMs.Value, 1) * StackClock.Millisecond);
        _device.Host.Neighbors.Discovery.Probe(_device, _address.Address, Nonce(stackalloc byte[8]));
    }

    private ReadOnlySpan<byte> Nonce(Span<byte> room)
    {
        BinaryPrimitives.WriteUInt64BigEndian(room, _nonce);
        return room[^NonceLength..];
    }
}
