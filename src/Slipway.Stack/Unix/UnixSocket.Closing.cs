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
        Host.Unix.Leave(this);
        IsReceiveShut = IsSendShut = true;
        LeavePeer();
        TellRoom();
        ClearQueue();
    }

    /// <summary>What closing does to the peer.</summary>
    protected abstract void LeavePeer();

    /// <inheritdoc/>
    /// <remarks>A descriptor closes, but there are more: if all of those are in flight, it may be that nobody can receive them any more.</remarks>
    protected override void OnReferenceGivenBack()
    {
        if (_carriers is { Count: > 0 } && !IsInHand) Host.Unix.CollectFrom(this);
    }

    /// <summary>Whether anything but messages refers to it: a descriptor, or a call that waits.</summary>
    public virtual bool IsInHand => References > (_carriers?.Count ?? 0);

    /// <summary>The sockets whose receiver could get at this one.</summary>
    public virtual IEnumerable<UnixSocket> Holders
    {
        get
        {
            if (_carriers is null) yield break;
            foreach (UnixRights rights in _carriers) yield return rights.Holder!;
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
