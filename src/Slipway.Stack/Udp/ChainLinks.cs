using System.Runtime.CompilerServices;

namespace Slipway.Stack;

/// <summary>The places of a socket in the three chains of a <see cref="PortTable"/>.</summary>
[InlineArray(3)]
internal struct ChainLinks
{
    private ChainLink _first;
}
