namespace Slipway.Stack;

/// <summary>Somebody who listens to a group on an interface: a socket by its membership, or the host itself.</summary>
internal class GroupListener
{
    /// <summary>From whom it hears.</summary>
    public SourceFilter Filter { get; set; } = SourceFilter.Everybody;
}
