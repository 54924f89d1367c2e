namespace Slipway.Stack;

/// <summary>State of the reassembly of one family: the FRAG lines of /proc/net/sockstat and sockstat6.</summary>
/// <param name="Packets">Unfinished packets (inuse).</param>
/// <param name="Memory">Bytes of memory that they hold; bounded by ipfrag_high_thresh and one fragment.</param>
public readonly record struct ReassemblyStatus(int Packets, long Memory);
