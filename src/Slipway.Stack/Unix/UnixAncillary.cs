using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>What a sender puts beside its data: who it says that it is, and open files (Linux scm_send).</summary>
internal struct UnixAncillary
{
    private const int CredentialsType = 2, RightsType = 1;

    public UnixCredentials Credentials;
    public bool HasCredentials;
    public UnixRights? Rights;

    /// <summary>Reads the control messages of a send.</summary>
    /// <returns>EINVAL: malformed, unknown, too many; EBADF: no such descriptor; EPERM, ESRCH: credentials that are not the sender's; ETOOMANYREFS: too many in flight.</returns>
    public static Errno Read(Caller caller, StackHost host, ReadOnlySpan<byte> control, out UnixAncillary ancillary)
    {
        ancillary = default;
        if (control.IsEmpty) return Errno.None;
        List<OpenFile>? files = null;
        var reader = new ControlMessageReader(control);
        while (reader.MoveNext())
        {
            if (reader.Level != SocketLevel.SOL_SOCKET) continue;
            Errno error = reader.Type switch
            {
                RightsType => ReadRights(caller, reader.Data, ref files),
                CredentialsType => ancillary.ReadCredentials(caller.Process, reader.Data),
                _ => Errno.EINVAL,
            };
            if (error != Errno.None) return error;
        }
        if (reader.IsMalformed) return Errno.EINVAL;
        if (files is null) return Errno.None;
        ProcessContext process = caller.Process;
        if (host.Unix.InFlightOf(process.UserId) > process.DescriptorLimit && !process.HasCapability(Capability.SystemResource) && !process.HasCapability(Capability.SystemAdmin))
            return Errno.ETOOMANYREFS;
        ancillary.Rights = new UnixRights([.. files], process.UserId);
        return Errno.None;
    }

    /// <summary>Checks the control messages of a send that may name its sender, but carry nothing (netlink(7); Linux scm_send).</summary>
    /// <returns>As <see cref="Read"/>, and EINVAL for descriptors.</returns>
    public static Errno CheckCredentials(ProcessContext process, ReadOnlySpan<byte> control)
    {
        if (control.IsEmpty) return Errno.None;
        var ancillary = default(UnixAncillary);
        var reader = new ControlMessageReader(control);
        while (reader.MoveNext())
        {
            if (reader.Level != SocketLevel.SOL_SOCKET) continue;
            Errno error = reader.Type == CredentialsType ? ancillary.ReadCredentials(process, reader.Data) : Errno.EINVAL;
            if (error != Errno.None) return error;
        }
        return reader.IsMalformed ? Errno.EINVAL : Errno.None;
    }

    private static Errno ReadRights(Caller caller, ReadOnlySpan<byte> data, ref List<OpenFile>? files)
    {
        int count = data.Length / sizeof(int);
        if (count == 0) return Errno.None;
        if (count + (files?.Count ?? 0) > UnixRights.Most) return Errno.EINVAL;
        files ??= [];
        for (int i = 0; i < count; i++)
        {
            if (!caller.Descriptors.TryGetAny(BinaryPrimitives.ReadInt32LittleEndian(data[(i * sizeof(int))..]), out OpenFile? file)) return Errno.EBADF;
            files.Add(file);
        }
        return Errno.None;
    }

    private Errno ReadCredentials(ProcessContext process, ReadOnlySpan<byte> data)
    {
        if (data.Length != UnixCredentials.Length) return Errno.EINVAL;
        UnixCredentials claimed = UnixCredentials.Read(data);
        if (claimed.UserId == -1 || claimed.GroupId == -1) return Errno.EINVAL;
        // Who may name others must still name a process that there is.
        if (claimed.ProcessId != process.ProcessId && !process.HasCapability(Capability.SystemAdmin)) return Errno.EPERM;
        if (claimed.UserId != process.UserId && !process.HasCapability(Capability.SetUserId)) return Errno.EPERM;
        if (claimed.GroupId != process.GroupId && !process.HasCapability(Capability.SetGroupId)) return Errno.EPERM;
        if (claimed.ProcessId <= 0 || !process.Exists(claimed.ProcessId)) return Errno.ESRCH;
        Credentials = claimed with { Process = process.FindProcess(claimed.ProcessId) };
        HasCredentials = true;
        return Errno.None;
    }
}
