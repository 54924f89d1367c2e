namespace Slipway.Linux;

/// <summary>What IPC_STAT tells about a message queue.</summary>
/// <param name="Permissions">Owner, creator, permissions.</param>
/// <param name="Messages">How many messages wait in it.</param>
/// <param name="Bytes">How many bytes those have.</param>
/// <param name="ByteLimit">How many bytes it may hold.</param>
/// <param name="LastSenderId">Who sent last; 0 if nobody has.</param>
/// <param name="LastReceiverId">Who received last; 0 if nobody has.</param>
public readonly record struct MessageQueueStatus(IpcPermissions Permissions, int Messages, long Bytes, long ByteLimit, int LastSenderId, int LastReceiverId);
