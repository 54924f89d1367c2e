namespace Slipway.Stack;

/// <summary>Changes one of the values of a state.</summary>
internal delegate void EbpfChange<TArgument>(ref EbpfValue value, TArgument argument);
