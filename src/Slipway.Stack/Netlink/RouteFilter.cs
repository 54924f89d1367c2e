namespace Slipway.Stack;

/// <summary>Which routes a dump is asked for (struct fib_dump_filter).</summary>
internal struct RouteFilter
{
    public uint Table;
    public byte Protocol, Type;
    public int Index;

    /// <summary>What is asked for there is none of, such as routes that were learnt for one destination.</summary>
    public bool IsForNone;

    public readonly bool IsUsed => Table != 0 || Protocol != 0 || Type != 0 || Index != 0;

    public readonly bool Takes(Route route)
        => !IsForNone
        && (Table == 0 || Table == RouteMessages.TableOf(route))
        && (Protocol == 0 || Protocol == route.Protocol)
        && (Type == 0 || Type == RouteMessages.TypeOf(route))
        && (Index == 0 || Index == route.Interface.Index);
}
