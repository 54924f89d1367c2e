namespace Slipway.IoModels;

/// <summary>What one model cost for the whole workload.</summary>
/// <param name="System">linux or slipway.</param>
/// <param name="Model">The model, with the call that stands for it.</param>
/// <param name="Blocked">Time in calls that wait.</param>
/// <param name="Calls">Calls for input and for waiting, without those that set things up.</param>
/// <param name="WakeUps">How often the thread gave the processor up and was woken; null in the lab, where threads are virtual.</param>
/// <param name="Processor">Processor time of the thread; null in the lab.</param>
/// <param name="WorkUnits">Units of other work that were done meanwhile.</param>
/// <param name="Latency">From the sending of a datagram to its bytes in the program's hands, the median.</param>
public sealed record IoModelResult(string System, string Model, TimeSpan Blocked, int Calls, long? WakeUps, TimeSpan? Processor, int WorkUnits, TimeSpan Latency);
