namespace Slipway.Sockets;

/// <summary>How a source of names fared (nsswitch.conf(5)).</summary>
internal enum LookupStatus
{
    Success,
    NotFound,
    Unavailable,
    TryAgain,
}
