using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// Temporary addresses (RFC 8981) of one interface, as Linux has them: beside an address that was made from a router's prefix (the public one) another with a random identifier, which ends sooner and is followed by the
/// next before it does.
/// </summary>
internal sealed class TemporaryAddresses(NetworkInterface device)
{
    private readonly RandomSource _random = device.Host.Random.Derive("temporary/" + device.Name);
    private long _desync = long.MaxValue;

    private StackHost Host => device.Host;

    private IPv6Conf Conf => device.Settings.IPv6;

    /// <summary>The next is made so long before the last is deprecated: time enough to check it for duplicates (RFC 8981 §3.8, REGEN_ADVANCE).</summary>
    private long RegenerationAdvance
    {
        get
        {
            const long LongestChecks = int.MaxValue;
            double retransmit = Math.Max(device.Settings.NeighborIPv6.RetransTimeMs.Value, 10) / 1000.0;
            long checks = (long)Math.Clamp((double)Conf.RegenMaxRetry.Value * Conf.DadTransmits.Value * retransmit, 0, LongestChecks);
            return (Conf.RegenMinAdvance.Value + checks) * StackClock.Second;
        }
    }

    /// <summary>A router has spoken of the prefix of a public address: temporary ones live no longer, and there is one at least (the kernel's manage_tempaddrs).</summary>
    /// <param name="owner">The public address.</param>
    /// <param name="isNew">It was made now.</param>
    public void Follow(LocalAddress owner, bool isNew)
    {
        long now = Host.Loop.Now;
        bool hasAny = false;
        foreach (LocalAddress address in device.Addresses)
        {
            if (!address.IsTemporary) continue;
            hasAny = true;
            if (!ReferenceEquals(address.PublicAddress, owner)) continue;
            long valid = Math.Min(owner.Lifetime!.Value.ValidUntil, address.Created + Seconds(Conf.TempValidLft));
            long preferred = Math.Min(owner.Lifetime!.Value.PreferredUntil, address.Created + Seconds(Conf.TempPreferredLft) - _desync);
            address.Lifetime = new AddressLifetime(Math.Max(valid, now), Math.Max(preferred, now));
            address.SetDeprecated(preferred <= now);
        }
        if ((isNew || !hasAny) && Conf.UseTempAddr.Value > 0) Create(owner);
    }

    /// <summary>The public address is gone.</summary>
    public void RemoveOf(LocalAddress owner)
    {
        for (int i = device.Addresses.Count - 1; i >= 0; i--)
        {
            if (i < device.Addresses.Count && device.Addresses[i] is { IsTemporary: true } address && ReferenceEquals(address.PublicAddress, owner)) device.RemoveAddress(address.Address);
        }
    }

    /// <summary>When the next must be made because this one ends; <see cref="AddressLifetime.Forever"/> where it was, or needs none.</summary>
    public long SuccessorDue(LocalAddress address)
        => address is { IsTemporary: true, IsTentative: false, HasSuccessor: false, PublicAddress: not null, Lifetime: { PreferredUntil: not AddressLifetime.Forever } lifetime }
            ? lifetime.PreferredUntil - RegenerationAdvance
            : AddressLifetime.Forever;

    /// <summary>Makes the next one.</summary>
    public void Succeed(LocalAddress address)
    {
        address.HasSuccessor = true;
        address.PublicAddress!.TemporaryTries = 0;
        Create(address.PublicAddress);
    }

    /// <summary>Makes a temporary address beside a public one (RFC 8981 §3.4; the kernel's ipv6_create_tempaddr).</summary>
    public void Create(LocalAddress owner)
    {
        if (Conf.UseTempAddr.Value <= 0) return;
        if (owner.TemporaryTries++ >= Conf.RegenMaxRetry.Value)
        {
            Conf.UseTempAddr.Set(-1);
            Host.Log.Write("IPv6: ipv6_create_tempaddr: regeneration time exceeded - disabled temporary address support");
            return;
        }
        long now = Host.Loop.Now, advance = RegenerationAdvance;
        ChooseDesync(advance);
        AddressLifetime life = owner.Lifetime!.Value;
        long valid = Math.Min(life.ValidUntil, now + Seconds(Conf.TempValidLft));
        long preferred = Math.Min(Math.Min(life.PreferredUntil, now + Seconds(Conf.TempPreferredLft) - _desync), valid);
        if (preferred - now <= advance)
        {
            // So short a life that the next would be due at once: a second more, if the public one lives as long.
            preferred = now + advance + StackClock.Second;
            if (preferred > valid || preferred > life.PreferredUntil) return;
        }
        var address = new IpAddress(owner.Address.High, InterfaceIdentifiers.Random(_random));
        device.AddTemporary(new IpPrefix(address, owner.Prefix.Length), new AddressLifetime(valid, preferred), owner);
    }

    /// <summary>Hosts that heard a router together shall not change their addresses together (RFC 8981 §3.8, DESYNC_FACTOR).</summary>
    private void ChooseDesync(long advance)
    {
        long most = Math.Min(Seconds(Conf.MaxDesyncFactor), Seconds(Conf.TempPreferredLft) - advance);
        if (_desync <= most) return;
        _desync = most > 0 ? _random.NextInt64(most) / StackClock.Second * StackClock.Second : 0;
    }

    private static long Seconds(SysctlInt setting) => setting.Value * StackClock.Second;
}
