using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>What one run of the simulation is about, all drawn from its seed: the link, both hosts' settings, and what the programs do.</summary>
internal sealed class SimulationPlan
{
    private static readonly int[] Mtus = [1500, 1500, 1500, 1280, 576, 9000, 65535];

    private readonly SeededRandom _random;

    public SimulationPlan(ulong seed)
    {
        Seed = seed;
        _random = new SeededRandom(seed).Derive("plan");
        Mtu = Pick(Mtus);
        bool isClean = _random.Chance(0.15);
        TimeSpan delay = Milliseconds(_random.Chance(0.15) ? 0 : LogUniform(0.1, 300));
        long? rate = _random.Chance(0.5) ? (long)LogUniform(200_000, 1_000_000_000) : null;
        Forth = Direction(delay, rate, isClean);
        Back = Direction(delay, rate, isClean);
        Near = new SimulatedHost(_random, isLoneAlgorithm: false);
        Far = new SimulatedHost(_random, isLoneAlgorithm: false);
        bool isBothWays = _random.Chance(0.4);
        long most = rate is < 2_000_000 ? 60_000 : 300_000;
        Request = new SimulatedStream(_random, most);
        Reply = isBothWays ? new SimulatedStream(_random, most) : SimulatedStream.Empty;
        if (_random.Chance(0.1)) (Request, Reply) = (Reply, Request);
        WrapsAt = _random.Chance(0.3) ? _random.Next(200_000) : -1;
        WrapsFar = _random.Chance(0.5);
        if (_random.Chance(0.05)) BlackHole = true;
        if (BlackHole) Forth = Forth with { Mtu = Math.Max(Mtu * 3 / 4, 576) };
        if (BlackHole) Back = Back with { Mtu = Math.Max(Mtu * 3 / 4, 576) };
        if (_random.Chance(0.05)) MtuChangesAt = Milliseconds(_random.Next(3000));
        IsIPv6 = Mtu >= 1280 && MtuChangesAt is null && _random.Chance(0.2);
    }

    public ulong Seed { get; }

    public LinkModel Forth { get; }

    public LinkModel Back { get; }

    public int Mtu { get; }

    public SimulatedHost Near { get; }

    public SimulatedHost Far { get; }

    /// <summary>What the client sends.</summary>
    public SimulatedStream Request { get; }

    /// <summary>What the server sends, at the same time.</summary>
    public SimulatedStream Reply { get; }

    /// <summary>After so many bytes the sequence numbers wrap; -1: wherever chance has it.</summary>
    public int WrapsAt { get; }

    /// <summary>The server's numbers do, not the client's.</summary>
    public bool WrapsFar { get; }

    /// <summary>The link swallows packets that both ends think it takes; the connection has to find that out (RFC 4821).</summary>
    public bool BlackHole { get; }

    /// <summary>When the client's interface takes smaller packets only.</summary>
    public TimeSpan? MtuChangesAt { get; }

    public bool IsIPv6 { get; }

    /// <summary>Nothing is lost, damaged, doubled or late by chance, nor waits in a queue for so long that it seems lost.</summary>
    public bool IsClean => (Forth.Rate is not { } rate || (Request.Length + Reply.Length) * 8L < rate / 10) && !BlackHole && !Forth.HasChance && !Back.HasChance && Forth.Jitter == TimeSpan.Zero && Back.Jitter == TimeSpan.Zero;

    /// <summary>Packets may come twice, or in another order than they were sent.</summary>
    public bool Reorders => Forth.Duplication + Forth.Reordering + Back.Duplication + Back.Reordering > 0;

    /// <summary>A receive buffer that holds few packets drops some, which cost more than the window counts for them.</summary>
    public bool HasSmallBuffer => Near.ReceiveBuffer is > 0 and <= 65536 || Far.ReceiveBuffer is > 0 and <= 65536;

    public override string ToString()
        => $"{(IsIPv6 ? "IPv6, " : "")}MTU {Mtu}{(BlackHole ? " (black hole)" : "")}{(MtuChangesAt is { } at ? $" (changes at {at})" : "")}, wraps at {WrapsAt}{(WrapsFar ? " far" : "")}\n"
            + $"  forth {Forth}\n  back {Back}\n  near {Near}\n  far {Far}\n  request {Request}\n  reply {Reply}";

    private LinkModel Direction(TimeSpan delay, long? rate, bool isClean)
    {
        var model = new LinkModel
        {
            Delay = delay,
            Rate = rate,
            QueuePackets = _random.Chance(0.3) ? 5 + _random.Next(60) : 1000,
        };
        if (isClean) return model;
        return model with
        {
            Jitter = _random.Chance(0.3) ? delay * _random.NextDouble() : TimeSpan.Zero,
            Loss = _random.Chance(0.5) ? LogUniform(0.0005, 0.12) : 0,
            BurstLoss = _random.Chance(0.15) ? new BurstLoss(LogUniform(0.001, 0.02), 0.1 + 0.6 * _random.NextDouble(), 0.3 + 0.7 * _random.NextDouble()) : null,
            Duplication = _random.Chance(0.25) ? LogUniform(0.001, 0.2) : 0,
            Reordering = _random.Chance(0.3) ? LogUniform(0.001, 0.4) : 0,
            ReorderingDelay = Milliseconds(LogUniform(0.05, 60)),
            Corruption = _random.Chance(0.2) ? LogUniform(0.0005, 0.05) : 0,
        };
    }

    private double LogUniform(double low, double high) => low * Math.Pow(high / low, _random.NextDouble());

    private T Pick<T>(T[] choices) => choices[_random.Next(choices.Length)];

    private static TimeSpan Milliseconds(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
