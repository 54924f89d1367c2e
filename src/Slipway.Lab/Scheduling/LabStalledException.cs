namespace Slipway.Lab;

/// <summary>
/// A virtual process blocks its thread by means that the lab cannot see (<c>Thread.Sleep</c>, <c>Task.Wait</c>, the thread pool), so no other can run. The network
/// cannot go on; it can be disposed of, but the blocked thread stays until what it waits for is there.
/// </summary>
public sealed class LabStalledException : Exception
{
    /// <summary>Makes the exception.</summary>
    public LabStalledException()
    {
    }

    /// <summary>Makes the exception.</summary>
    public LabStalledException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    public LabStalledException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
