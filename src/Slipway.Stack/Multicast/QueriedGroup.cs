using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A group that somebody on a querier's link listens to, as far as the querier knows.</summary>
internal sealed class QueriedGroup
{
    public QueriedGroup(GroupQuerier querier, IpAddress address)
    {
        Address = address;
        Expiry = new StackTimer<(GroupQuerier Querier, QueriedGroup Group)>(querier.Loop, static state => state.Querier.Expire(state.Group), (querier, this));
        Question = new StackTimer<(GroupQuerier Querier, QueriedGroup Group)>(querier.Loop, static state => state.Querier.AskAgain(state.Group), (querier, this));
    }

    public IpAddress Address { get; }

    /// <summary>When nobody is taken to listen any more.</summary>
    public StackTimer Expiry { get; }

    /// <summary>When it is asked about again.</summary>
    public StackTimer Question { get; }

    /// <summary>Questions left.</summary>
    public int QuestionsLeft { get; set; }

    /// <summary>The sources asked about; empty for the whole group.</summary>
    public IpAddress[] AskedSources { get; set; } = [];

    /// <summary>Until when a host of IGMPv1 is taken to be there, nanoseconds: such a host does not answer questions about one group (RFC 9776 §7.3.2).</summary>
    public long Version1Until { get; set; } = -1;
}
