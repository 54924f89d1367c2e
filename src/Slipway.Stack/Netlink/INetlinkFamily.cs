namespace Slipway.Stack;

/// <summary>What answers on one protocol of netlink.</summary>
internal interface INetlinkFamily
{
    /// <summary>Number of its groups.</summary>
    int Groups { get; }

    /// <summary>Serves one request. An answer goes to the socket; success without one is acknowledged where that was asked for.</summary>
    NetlinkRefusal Serve(in NetlinkRequest request);
}
