namespace Slipway.Sockets;

/// <summary>A child of a <see cref="HostProcess"/>.</summary>
public abstract class ChildProcess
{
    /// <summary>Its process id.</summary>
    public abstract int Id { get; }

    /// <summary>Waits until it has ended (waitpid(2)).</summary>
    /// <returns>The exit code, or 128 plus the number of the signal that killed it.</returns>
    public abstract int Wait();
}
