using System.Runtime.CompilerServices;

namespace Slipway.Stack;

/// <summary>Milliseconds for each <see cref="SendLimit"/> but the first.</summary>
[InlineArray(3)]
internal struct SendTimes
{
    private uint _first;
}
