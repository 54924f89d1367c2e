namespace Slipway.Samples;

/// <summary>A request that is answered with an error, after which the connection ends: what follows in it cannot be told from the body.</summary>
internal sealed class HttpFailure(HttpStatus status) : Exception(status.Reason())
{
    /// <summary>The answer.</summary>
    public HttpStatus Status { get; } = status;
}
