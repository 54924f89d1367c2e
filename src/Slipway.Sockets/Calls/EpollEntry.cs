namespace Slipway.Sockets;

/// <summary>struct epoll_event: what is watched for, or what is there, and a number of the program's own.</summary>
/// <param name="Events">The events.</param>
/// <param name="Data">Given back with the events.</param>
public readonly record struct EpollEntry(EpollEvents Events, ulong Data);
