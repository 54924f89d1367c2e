using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Credentials and descriptors, from the sender's call to the receiver's (Linux scm_send, scm_recv).</summary>
internal abstract partial class UnixSocket
{
    private const int RightsType = 1, CredentialsType = 2, ProcessType = 4;

    /// <summary>Completes a message for a receiver: credentials where either side asks for them, and the descriptors on their way.</summary>
    protected void Attach(ref UnixMessage message, in UnixAncillary ancillary, Caller caller, UnixSocket receiver, bool withRights)
    {
        message.Sender = this;
        message.HasCredentials = ancillary.HasCredentials || AsksForSender || receiver.AsksForSender || receiver.IsWaiting;
        if (message.HasCredentials) message.Credentials = ancillary.HasCredentials ? ancillary.Credentials : UnixCredentials.Of(caller.Process);
        if (!withRights || ancillary.Rights is not { } rights) return;
        Layer.Send(rights, receiver);
        message.Rights = rights;
    }

    /// <summary>Whether the receiver takes the descriptors that come along (SO_PASSRIGHTS).</summary>
    protected static bool Takes(UnixSocket receiver, in UnixAncillary ancillary) => ancillary.Rights is null || receiver.Has(SocketFlags.PassRights);

    /// <summary>The sender's name, where it has one.</summary>
    protected static void WriteSource(UnixSocket sender, ref ReceiveMessage message)
        => message.AddressLength = sender.Name is null ? 0 : UnixName.Write(sender.Name, message.Address);

    /// <summary>Writes credentials, then descriptors, as the socket asks for them and the room allows.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="caller">Who receives.</param>
    /// <param name="message">The receive call.</param>
    /// <param name="flags">MSG_CMSG_CLOEXEC.</param>
    /// <param name="credentials">Of the sender.</param>
    /// <param name="files">What came along; each reference is the receiver's or given back here.</param>
    protected void WriteControl(ref ControlMessageWriter writer, Caller caller, ref ReceiveMessage message, MessageFlags flags, in UnixCredentials credentials, ReadOnlySpan<OpenFile> files)
    {
        if (message.Control.IsEmpty)
        {
            if ((Flags & SocketFlags.AnyUnixMessage) != 0 || PassesProcess || !files.IsEmpty) message.Flags |= MessageFlags.MSG_CTRUNC;
        }
        else
        {
            if (Has(SocketFlags.PassCredentials)) WriteCredentials(ref writer, credentials);
        }
        if (!files.IsEmpty) WriteRights(ref writer, caller, ref message, flags, files);
        if (PassesProcess && !message.Control.IsEmpty) WriteProcess(ref writer, caller, ref message, credentials.Process);
    }

    /// <summary>Writes a descriptor of the sender; all of it, or nothing (Linux scm_pidfd_recv).</summary>
    private static void WriteProcess(ref ControlMessageWriter writer, Caller caller, ref ReceiveMessage message, ProcessIdentity? sender)
    {
        if (message.Control.Length - writer.Length < ControlMessageWriter.HeaderLength + sizeof(int))
        {
            message.Flags |= MessageFlags.MSG_CTRUNC;
            return;
        }
        if (sender is null) return;
        CallResult opened = caller.Open(sender);
        writer.Put(SocketLevel.SOL_SOCKET, ProcessType, opened.Succeeded ? opened.Value : -(int)opened.Error);
    }

    private static void WriteCredentials(ref ControlMessageWriter writer, in UnixCredentials credentials)
    {
        Span<byte> bytes = stackalloc byte[UnixCredentials.Length];
        credentials.Write(bytes);
        writer.Put(SocketLevel.SOL_SOCKET, CredentialsType, bytes);
    }

    private void WriteRights(ref ControlMessageWriter writer, Caller caller, ref ReceiveMessage message, MessageFlags flags, ReadOnlySpan<OpenFile> files)
    {
        Span<byte> numbers = stackalloc byte[UnixRights.Most * sizeof(int)];
        int room = (message.Control.Length - writer.Length - ControlMessageWriter.HeaderLength) / sizeof(int);
        int limit = caller.Process.DescriptorLimit;
        int installed = 0;
        while (installed < files.Length && installed < room && caller.Descriptors.TryFindFree(0, limit, out int descriptor))
        {
            caller.Descriptors.Set(descriptor, files[installed], (flags & MessageFlags.MSG_CMSG_CLOEXEC) != 0);
            BinaryPrimitives.WriteInt32LittleEndian(numbers[(installed * sizeof(int))..], descriptor);
            installed++;
        }
        if (installed > 0) writer.Put(SocketLevel.SOL_SOCKET, RightsType, numbers[..(installed * sizeof(int))]);
        if (installed == files.Length) return;
        message.Flags |= MessageFlags.MSG_CTRUNC;
        foreach (OpenFile file in files[installed..]) Layer.Release(file);
    }

    /// <summary>Descriptors of a message for the receiver: with the message, or with references of their own where it stays (MSG_PEEK).</summary>
    protected ReadOnlySpan<OpenFile> TakeFiles(ref UnixMessage message, bool isPeek)
    {
        if (message.Rights is not { } rights) return default;
        if (isPeek)
        {
            foreach (OpenFile file in rights.Files) file.AddReference();
            return rights.Files;
        }
        message.Rights = null;
        Layer.Arrive(rights);
        return rights.Files;
    }
}
