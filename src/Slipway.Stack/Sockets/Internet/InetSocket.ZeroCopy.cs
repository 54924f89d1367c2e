using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// MSG_ZEROCOPY (Linux msg_zerocopy_realloc): a span cannot be lent past the call, so the bytes are copied and the completion says so, as the kernel's does for whatever is
/// received on the same machine.
/// </summary>
internal abstract partial class InetSocket
{
    /// <summary>What a completion is charged with: a packet without data.</summary>
    private const int CompletionMemory = 832;

    /// <summary>Whether a send asks for a completion; the flag means nothing without SO_ZEROCOPY.</summary>
    protected bool WantsCompletion(MessageFlags flags, int length)
        => (flags & MessageFlags.MSG_ZEROCOPY) != 0 && length > 0 && Has(SocketFlags.ZeroCopy);

    /// <summary>Whether there is memory for one more completion: ENOBUFS where too many are unread.</summary>
    protected Errno CheckCompletions()
        => ((_errors?.Completions ?? 0) + 1) * (long)CompletionMemory > Host.Sysctl.Core.OptmemMax.Value ? Errno.ENOBUFS : Errno.None;

    /// <summary>A send is done with its bytes: it gets the next number, which joins the last completion where that is unread.</summary>
    protected void Complete()
    {
        uint number = Uncommon.ZeroCopyNumber++;
        if (_errors?.Last is { IsCompletion: true } last && last.Data + 1 == number) last.Data = number;
        else
        {
            (_errors ??= new ErrorQueue()).Enqueue(new ErrorEntry
            {
                Error = Errno.None,
                Origin = ExtendedSocketError.OriginZeroCopy,
                Code = ExtendedSocketError.CodeCopied,
                Info = number,
                Data = number,
                Destination = AnyAddress,
                Port = 0,
            });
        }
        Announce(PollEvents.POLLERR | PollEvents.POLLPRI, PollErr);
    }
}
