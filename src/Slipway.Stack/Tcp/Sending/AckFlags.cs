namespace Slipway.Stack;

/// <summary>What one acknowledgment turned out to mean (the kernel's FLAG_ bits of tcp_input.c).</summary>
[Flags]
internal enum AckFlags
{
    None = 0,

    /// <summary>The segment carries data.</summary>
    Data = 1,

    /// <summary>It changed the window.</summary>
    WindowUpdate = 2,

    /// <summary>It acknowledged data for the first time, in order.</summary>
    DataAcked = 4,

    /// <summary>Some of that had been retransmitted.</summary>
    RetransmittedDataAcked = 8,

    /// <summary>It acknowledged our SYN.</summary>
    SynAcked = 0x10,

    /// <summary>It selectively acknowledged data for the first time.</summary>
    DataSacked = 0x20,

    /// <summary>It carries the echo of a congestion mark.</summary>
    EcnEcho = 0x40,

    /// <summary>It shows that a retransmission was lost.</summary>
    LostRetransmission = 0x80,

    /// <summary>SND.UNA advanced.</summary>
    Advanced = 0x100,

    /// <summary>It reports data that came twice (RFC 2883).</summary>
    DuplicateSack = 0x200,

    /// <summary>The timer is to be set anew.</summary>
    SetTimer = 0x400,

    /// <summary>The receiver gave data up that it had selectively acknowledged (RFC 2018 §8).</summary>
    SackReneging = 0x800,

    /// <summary>Data that were never retransmitted were acknowledged, sent before the recovery began.</summary>
    OriginalAcked = 0x1000,

    /// <summary>The reported duplicate is the tail loss probe.</summary>
    ProbeDuplicate = 0x2000,

    /// <summary>A single segment: its acknowledgment may have been delayed.</summary>
    MaybeDelayed = 0x4000,

    Acked = DataAcked | SynAcked,
    NotDuplicate = Data | WindowUpdate | Acked,
    Alert = DataSacked | EcnEcho | DuplicateSack,
    Progress = Acked | DataSacked,
}
