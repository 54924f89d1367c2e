namespace Slipway.Stack;

/// <summary>The receive queue, and the end of it (Linux unix_release_sock).</summary>
internal abstract partial class UnixSocket
{
    protected UnixQueue Queue;

    /// <summary>Bytes to read on all messages (SO_INQ, FIONREAD of connections).</summary>
    protected int QueuedBytes;

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        if (IsDead) return;
        IsDead = true;
        Host.Unix.Unbind(this);
        IsReceiveShut = IsSendShut = true;
        LeavePeer();
        TellRoom();
        ClearQueue();
        if (Host.Unix.HasInFlightSockets) Host.Unix.Collect();
    }

    /// <summary>What closing does to the peer.</summary>
    protected abstract void LeavePeer();

    /// <inheritdoc/>
    /// <remarks>A descriptor closes, but there are more: if all of those are in flight, it may be that nobody can receive them any more.</remarks>
    protected override void OnReferenceGivenBack()
    {
        if (InFlight > 0 && InFlight == References) Host.Unix.Collect();
    }

    /// <summary>Lists the open files that wait in this socket's queues.</summary>
    public virtual void ListQueuedFiles(List<OpenFile> files)
    {
        for (int i = 0; i < Queue.Count; i++)
        {
            if (Queue[i].Rights is { } rights) files.AddRange(rights.Files);
        }
    }

    /// <summary>Takes the messages with open files out of this socket's queues; those without stay.</summary>
    public virtual void TakeQueuedRights(List<UnixRights> taken)
    {
        for (int i = Queue.Count - 1; i >= 0; i--)
        {
            ref UnixMessage message = ref Queue[i];
            if (message.Rights is not { } rights) continue;
            taken.Add(rights);
            message.Rights = null;
            QueuedBytes -= message.Packet.Length;
            Discard(i);
        }
    }

    protected void Enqueue(in UnixMessage message)
    {
        Queue.Enqueue(message);
        QueuedBytes += message.Packet.Length;
        Announce(Readable | (message.IsUrgent ? Sockets.PollEvents.POLLPRI | Sockets.PollEvents.POLLRDBAND : 0), PollIn);
    }

    /// <summary>Takes a message out, with all that it holds.</summary>
    protected void Discard(int place)
    {
        UnixMessage message = Queue.RemoveAt(place);
        message.Packet.Release();
        if (message.Rights is { } rights) Host.Unix.Drop(rights);
    }

    protected void ClearQueue()
    {
        while (Queue.Count > 0) Discard(Queue.Count - 1);
        QueuedBytes = 0;
    }

}
