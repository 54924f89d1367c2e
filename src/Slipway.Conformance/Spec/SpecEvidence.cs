namespace Slipway.Conformance;

/// <summary>What a row of the specification rests on (<c>docs/spec/README.md</c>, marks).</summary>
public enum SpecEvidence
{
    /// <summary>Known behaviour of the kernel, the C library or an RFC that was not measured: <c>D</c>, or no mark in sockets.md.</summary>
    Documented,

    /// <summary>Observed on Linux 6.18: <c>V</c>, or <c>[verified 6.18]</c> in sockets.md.</summary>
    Verified,

    /// <summary>A decision of this project: <c>P</c>.</summary>
    Policy,
}
