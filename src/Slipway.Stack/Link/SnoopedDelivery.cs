namespace Slipway.Stack;

/// <summary>Where a snooping switch sends a frame to a group.</summary>
/// <param name="ToAll">To every port.</param>
/// <param name="Group">To the ports of this group beside those of routers; null for those of routers alone.</param>
internal readonly record struct SnoopedDelivery(bool ToAll, SnoopedGroup? Group)
{
    public static SnoopedDelivery Everywhere => new(true, null);

    public static SnoopedDelivery Routers => new(false, null);
}
