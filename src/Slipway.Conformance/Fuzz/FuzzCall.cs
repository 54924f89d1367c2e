namespace Slipway.Conformance;

/// <summary>One call of a sequence, with all that it needs but the descriptors, ports and names that each system chooses for itself.</summary>
/// <param name="Slot">The socket that it is made on.</param>
internal abstract record FuzzCall(int Slot)
{
    /// <summary>What is called, without its arguments: findings with the same text are one.</summary>
    public abstract string Kind { get; }

    /// <summary>Whether it may change what the sockets of other sequences share.</summary>
    public virtual bool ChangesHost => false;

    /// <summary>Makes the call.</summary>
    public abstract FuzzOutcome Make(FuzzWorld world);

    /// <summary>The call as a line of a replay.</summary>
    public abstract override string ToString();
}
