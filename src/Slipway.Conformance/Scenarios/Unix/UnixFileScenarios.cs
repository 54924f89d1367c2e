using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>The files that names of local sockets are: modes, owners, directories, symbolic links (unix(7), path_resolution(7)). Working directory and umask are a process's, so each has its own.</summary>
public static class UnixFileScenarios
{
    private const uint Everybody = 0x1FF, OwnerOnly = 0x1C0, UsualMask = 0x12, PermissionMask = 0xFFF;
    private const int Other = 1234;

    /// <summary>The name of a socket has the mode of the open socket, 0777 unless fchmod changed it, less the umask; its owner is who bound it.</summary>
    [Scenario("BIND-28", OwnProcess = true)]
    public static void ModeOfName(HostProcess host) => InDirectory(host, static (host, system) =>
    {
        foreach ((uint mask, uint mode) in new (uint, uint)[] { (0, 0x1FF), (UsualMask, 0x1ED), (0x3F, OwnerOnly), (0x1FF, 0), (0xFFF, 0) })
        {
            system.SetFileMask(mask);
            using Socket socket = Bound(host, "plain");
            Expect.Equal(mode, ModeOf(system, "plain"));
            Expect.Success(system.Stat(socket.Descriptor, out FileStatus open));
            Expect.Equal(Everybody, open.Mode & PermissionMask);
            Expect.Equal(mask & Everybody, system.SetFileMask(UsualMask));
            Expect.Success(system.Unlink("plain"));
        }
        using Socket changed = host.Unix(SocketType.Stream);
        Expect.Success(system.ChangeMode(changed.Descriptor, 0x9FE));
        Expect.Success(changed.TryBind(UnixAddress.FromPath("changed")));
        Expect.Equal(0x9ECu, ModeOf(system, "changed"));
        Expect.Success(system.ChangeMode(changed.Descriptor, 0x180));
        Expect.Equal(0x9ECu, ModeOf(system, "changed"));
        Expect.Success(system.Stat(changed.Descriptor, out FileStatus status));
        Expect.Equal(0xC180u, status.Mode);
        Expect.Success(system.Stat("changed", out status));
        Expect.Equal((true, 0, 0, 0L), (status.IsSocket, status.UserId, status.GroupId, status.Size));
        host.RunAsUser(Other, () => Bound(host, "others").Dispose());
        Expect.Success(system.Stat("others", out status));
        Expect.Equal((Other, 0), (status.UserId, status.GroupId));
    });

    /// <summary>A directory gets its mode less the umask and without set-id bits; a set-group-ID directory gives its group to what is made in it.</summary>
    [Scenario("BIND-28", OwnProcess = true)]
    public static void ModeOfDirectory(HostProcess host) => InDirectory(host, static (host, system) =>
    {
        system.SetFileMask(0x3F);
        Expect.Success(system.MakeDirectory("all", 0xFFF));
        Expect.Equal(0x3C0u, ModeOf(system, "all"));
        Expect.Success(system.MakeDirectory("shared", Everybody));
        Expect.Success(system.ChangeOwner("shared", -1, 77));
        Expect.Success(system.ChangeMode("shared", 0x5FF));
        using Socket socket = Bound(host, "shared/socket");
        Expect.Success(system.MakeDirectory("shared/below", Everybody));
        Expect.Success(system.Stat("shared/socket", out FileStatus status));
        Expect.Equal((0, 77, OwnerOnly), (status.UserId, status.GroupId, status.Mode & PermissionMask));
        Expect.Success(system.Stat("shared/below", out status));
        Expect.Equal((0, 77, OwnerOnly | 0x400), (status.UserId, status.GroupId, status.Mode & PermissionMask));
        Expect.True(status.IsDirectory);
    });

    /// <summary>chown and chmod: only the owner changes the mode, only the privileged give files away, and that takes the set-user-ID bit.</summary>
    [Scenario("BIND-28", OwnProcess = true)]
    public static void ChangingOwners(HostProcess host) => InDirectory(host, static (host, system) =>
    {
        using Socket socket = Bound(host, "given");
        Expect.Success(system.ChangeMode("given", 0xDFF));
        Expect.Success(system.ChangeOwner("given", Other, -1));
        Expect.Success(system.Stat("given", out FileStatus status));
        Expect.Equal((Other, 0, Everybody), (status.UserId, status.GroupId, status.Mode & PermissionMask));
        host.RunAsUser(Other, () =>
        {
            Expect.Success(system.ChangeMode("given", 0x1B6));
            Expect.Success(system.ChangeOwner("given", Other, 0));
            Expect.Success(system.ChangeOwner("given", -1, -1));
            Expect.Fails(Errno.EPERM, system.ChangeOwner("given", 0, -1));
            Expect.Fails(Errno.EPERM, system.ChangeOwner("given", -1, 55));
            Expect.Fails(Errno.EPERM, system.ChangeMode("..", Everybody));
        });
        Expect.Success(system.ChangeOwner("given", 0, 99));
        host.RunAsUser(Other, () =>
        {
            Expect.Fails(Errno.EPERM, system.ChangeMode("given", Everybody));
            Expect.Fails(Errno.EPERM, system.ChangeOwner("given", Other, -1));
        });
    });

    /// <summary>Relative names begin in the working directory, and getsockname gives them as they were bound.</summary>
    [Scenario("BIND-29", OwnProcess = true)]
    public static void RelativeNames(HostProcess host) => InDirectory(host, static (host, system) =>
    {
        Expect.Success(system.GetDirectory(out string home));
        Expect.Success(system.MakeDirectory("below", Everybody));
        using Socket receiver = host.Unix(SocketType.Datagram), sender = host.Unix(SocketType.Datagram);
        Expect.Success(receiver.TryBind(UnixAddress.FromPath("below/../name")));
        Expect.Equal("below/../name", receiver.LocalUnixAddress.Path);
        Expect.Success(sender.TrySendTo("here"u8, UnixAddress.FromPath("name")));
        Expect.Success(sender.TrySendTo("there"u8, UnixAddress.FromPath(home + "/name")));
        Expect.Success(system.ChangeDirectory("below"));
        Expect.Success(system.GetDirectory(out string below));
        Expect.Equal(home + "/below", below);
        Expect.Fails(Errno.ENOENT, sender.TrySendTo("none"u8, UnixAddress.FromPath("name")));
        Expect.Success(sender.TrySendTo("up"u8, UnixAddress.FromPath("../name")));
        Expect.Fails(Errno.ENOENT, system.ChangeDirectory("missing"));
        Expect.Fails(Errno.ENOTDIR, system.ChangeDirectory("../name"));
        Expect.Fails(Errno.ENOENT, system.ChangeDirectory(""));
        Expect.Success(system.ChangeDirectory("/"));
        Expect.Success(system.GetDirectory(out string root));
        Expect.Equal("/", root);
        Expect.Success(system.ChangeDirectory(home));
        Expect.Equal("here there up", string.Join(' ', receiver.ReceiveText(), receiver.ReceiveText(), receiver.ReceiveText()));
    });

    /// <summary>A working directory can be removed: it is still there for who is in it, but nothing can be made in it.</summary>
    [Scenario("BIND-29", OwnProcess = true)]
    public static void RemovedDirectory(HostProcess host) => InDirectory(host, static (host, system) =>
    {
        using Socket socket = host.Unix(SocketType.Stream);
        Expect.Success(system.MakeDirectory("gone", Everybody));
        Expect.Success(system.ChangeDirectory("gone"));
        Expect.Success(system.RemoveDirectory("../gone"));
        Expect.Fails(Errno.ENOENT, system.GetDirectory(out _));
        Expect.Fails(Errno.ENOENT, socket.TryBind(UnixAddress.FromPath("name")));
        Expect.Fails(Errno.ENOENT, system.MakeDirectory("name", Everybody));
        Expect.Fails(Errno.ENOENT, system.MakeLink("target", "name"));
        Expect.Success(system.Stat(".", out FileStatus status));
        Expect.True(status.IsDirectory);
        Expect.Success(system.ChangeDirectory(".."));
        Expect.Fails(Errno.ENOENT, system.ChangeDirectory("gone"));
    });

    /// <summary>connect goes through symbolic links; bind takes no name that is there, not even of a link that leads nowhere.</summary>
    [Scenario("BIND-30", OwnProcess = true)]
    public static void SymbolicLinks(HostProcess host) => InDirectory(host, static (host, system) =>
    {
        using Socket listener = Bound(host, "listener"), through = host.Unix(SocketType.Stream), direct = host.Unix(SocketType.Stream), other = host.Unix(SocketType.Stream);
        listener.Listen(4);
        Expect.Success(system.MakeDirectory("directory", Everybody));
        Expect.Success(system.MakeLink("listener", "link"));
        Expect.Success(system.MakeLink("../link", "directory/up"));
        Expect.Success(system.MakeLink("directory", "other"));
        Expect.Success(system.MakeLink("nowhere", "dangling"));
        Expect.Success(through.TryConnect(UnixAddress.FromPath("other/up")));
        Expect.Equal("listener", through.RemoteUnixAddress.Path);
        Expect.Fails(Errno.ENOENT, direct.TryConnect(UnixAddress.FromPath("dangling")));
        Expect.Fails(Errno.ENOTDIR, direct.TryConnect(UnixAddress.FromPath("link/")));
        Expect.Fails(Errno.ENOTDIR, direct.TryConnect(UnixAddress.FromPath("link/below")));
        Expect.Fails(Errno.ECONNREFUSED, direct.TryConnect(UnixAddress.FromPath("other/")));
        Expect.Fails(Errno.EADDRINUSE, other.TryBind(UnixAddress.FromPath("link")));
        Expect.Fails(Errno.EADDRINUSE, other.TryBind(UnixAddress.FromPath("dangling")));
        Expect.Fails(Errno.EADDRINUSE, other.TryBind(UnixAddress.FromPath("other/")));
        Expect.Success(other.TryBind(UnixAddress.FromPath("other/name")));
        Expect.Success(system.Stat("directory/name", out FileStatus status));
        Expect.True(status.IsSocket);
        Expect.Fails(Errno.EEXIST, system.MakeDirectory("dangling", Everybody));
        Expect.Fails(Errno.ENOENT, system.ChangeMode("dangling", Everybody));
        Expect.Success(system.ChangeMode("link", OwnerOnly));
        Expect.Equal(OwnerOnly, ModeOf(system, "listener"));
    });

    /// <summary>The links themselves: what lstat and readlink say, what unlink takes away, what symlink refuses.</summary>
    [Scenario("BIND-30", OwnProcess = true)]
    public static void LinksThemselves(HostProcess host) => InDirectory(host, static (host, system) =>
    {
        Expect.Success(system.MakeDirectory("directory", Everybody));
        Expect.Success(system.MakeLink("directory", "link"));
        Expect.Success(system.StatLink("link", out FileStatus status));
        Expect.Equal((true, Everybody, 9L), (status.IsSymbolicLink, status.Mode & PermissionMask, status.Size));
        Expect.Success(system.StatLink("link/", out status));
        Expect.True(status.IsDirectory);
        Expect.Success(system.ReadLink("link", out string target));
        Expect.Equal("directory", target);
        Expect.Fails(Errno.EINVAL, system.ReadLink("link/", out _));
        Expect.Fails(Errno.EINVAL, system.ReadLink("directory", out _));
        Expect.Fails(Errno.ENOENT, system.ReadLink("missing", out _));
        Expect.Fails(Errno.EEXIST, system.MakeLink("x", "link"));
        Expect.Fails(Errno.EEXIST, system.MakeLink("x", "/"));
        Expect.Fails(Errno.ENOENT, system.MakeLink("", "empty"));
        Expect.Fails(Errno.ENOENT, system.MakeLink("x", ""));
        Expect.Fails(Errno.ENOENT, system.MakeLink("x", "slash/"));
        Expect.Success(system.MakeLink(new string('x', 4095), "long"));
        Expect.Fails(Errno.ENAMETOOLONG, system.MakeLink(new string('x', 4096), "longer"));
        Expect.Fails(Errno.ENAMETOOLONG, system.Stat("long", out _));
        Expect.Fails(Errno.ENAMETOOLONG, system.Stat(new string('x', 256), out _));
        Expect.Fails(Errno.ENAMETOOLONG, system.Stat(new string('/', 4096), out _));
        Expect.Fails(Errno.ENOTDIR, system.Unlink("link/"));
        Expect.Fails(Errno.ENOTDIR, system.RemoveDirectory("link"));
        Expect.Success(system.Unlink("link"));
        Expect.Success(system.Stat("directory", out _));
        Expect.Fails(Errno.ENOENT, system.Stat("link", out _));
    });

    /// <summary>A path leads through forty links at most.</summary>
    [Scenario("BIND-30", OwnProcess = true)]
    public static void ManyLinks(HostProcess host) => InDirectory(host, static (host, system) =>
    {
        using Socket bound = Bound(host, "0"), socket = host.Unix(SocketType.Stream), next = host.Unix(SocketType.Stream);
        bound.Listen(4);
        for (int i = 1; i <= 41; i++) Expect.Success(system.MakeLink($"{i - 1}", $"{i}"));
        Expect.Success(system.MakeLink("loop", "loop"));
        Expect.Success(socket.TryConnect(UnixAddress.FromPath("40")));
        Expect.Fails(Errno.ELOOP, next.TryConnect(UnixAddress.FromPath("41")));
        Expect.Fails(Errno.ELOOP, next.TryConnect(UnixAddress.FromPath("loop")));
        Expect.Fails(Errno.EADDRINUSE, next.TryBind(UnixAddress.FromPath("loop")));
        Expect.Fails(Errno.ELOOP, next.TryBind(UnixAddress.FromPath("loop/name")));
    });

    /// <summary>Who may search all directories and write to the last one may bind; who may search them and write to the socket may connect.</summary>
    [Scenario("BIND-31", OwnProcess = true)]
    public static void Permissions(HostProcess host) => InDirectory(host, static (host, system) =>
    {
        Expect.Success(system.MakeDirectory("closed", Everybody));
        Expect.Success(system.MakeDirectory("sticky", Everybody));
        Expect.Success(system.ChangeMode("sticky", 0x3FF));
        using Socket listener = Bound(host, "closed/listener"), kept = Bound(host, "sticky/kept");
        listener.Listen(4);
        Expect.Success(system.ChangeMode("closed/listener", Everybody));
        foreach ((uint mode, Errno connect, Errno bind) in new (uint, Errno, Errno)[]
        {
            // The group is that of the process still, so the permissions of the group count and not those of others.
            (0x1C7, Errno.EACCES, Errno.EACCES), (0x1E0, Errno.EACCES, Errno.EACCES), (0x1F0, Errno.EACCES, Errno.EACCES), (0x1C8, Errno.None, Errno.EACCES), (0x1D8, Errno.None, Errno.None),
        })
        {
            Expect.Success(system.ChangeMode("closed", mode));
            host.RunAsUser(Other, () =>
            {
                using Socket client = host.Unix(SocketType.Stream), server = host.Unix(SocketType.Stream);
                Expect.Equal(connect, client.TryConnect(UnixAddress.FromPath("closed/listener")));
                Expect.Equal(bind, server.TryBind(UnixAddress.FromPath("closed/server")));
                Expect.Equal(connect, system.Stat("closed/listener", out _));
                Expect.Equal(connect, system.ChangeDirectory("closed"));
                if (connect == Errno.None) Expect.Success(system.ChangeDirectory(".."));
                Expect.Equal(bind, system.MakeDirectory("closed/new", Everybody));
                Expect.Equal(bind, system.MakeLink("x", "closed/link"));
                if (bind == Errno.None) Expect.Success(system.Unlink("closed/link"));
                else if (connect == Errno.None) Expect.Fails(Errno.EACCES, system.Unlink("closed/listener"));
            });
        }
        host.RunAsUser(Other, () =>
        {
            Expect.Fails(Errno.EPERM, system.Unlink("sticky/kept"));
            Expect.Fails(Errno.EPERM, system.Rename("sticky/kept", "sticky/moved"));
            Bound(host, "sticky/own").Dispose();
            Expect.Fails(Errno.EPERM, system.Rename("sticky/own", "sticky/kept"));
            Expect.Success(system.Unlink("sticky/own"));
        });
    });

    /// <summary>rename moves the name; the socket keeps what it was bound to.</summary>
    [Scenario("BIND-32", OwnProcess = true)]
    public static void Renaming(HostProcess host) => InDirectory(host, static (host, system) =>
    {
        using Socket listener = Bound(host, "old"), replaced = Bound(host, "new"), one = host.Unix(SocketType.Stream), two = host.Unix(SocketType.Stream);
        listener.Listen(4);
        Expect.Success(system.Rename("old", "new"));
        Expect.Fails(Errno.ENOENT, one.TryConnect(UnixAddress.FromPath("old")));
        Expect.Success(one.TryConnect(UnixAddress.FromPath("new")));
        Expect.Equal("old", listener.LocalUnixAddress.Path);
        Expect.Success(system.MakeDirectory("full", Everybody));
        Expect.Success(system.MakeDirectory("full/inner", Everybody));
        Expect.Success(system.MakeDirectory("empty", Everybody));
        Expect.Fails(Errno.EISDIR, system.Rename("new", "empty"));
        Expect.Fails(Errno.ENOTDIR, system.Rename("empty", "new"));
        Expect.Fails(Errno.ENOTEMPTY, system.Rename("empty", "full"));
        Expect.Fails(Errno.EINVAL, system.Rename("full", "full/inner/deep"));
        Expect.Fails(Errno.ENOTEMPTY, system.Rename("full/inner", "full"));
        Expect.Fails(Errno.ENOTDIR, system.Rename("new/", "x"));
        Expect.Fails(Errno.ENOTDIR, system.Rename("new", "x/"));
        Expect.Fails(Errno.ENOENT, system.Rename("missing", "x"));
        Expect.Fails(Errno.EBUSY, system.Rename(".", "x"));
        Expect.Fails(Errno.EBUSY, system.Rename("new", "full/.."));
        Expect.Fails(Errno.EBUSY, system.Rename("/", "x"));
        Expect.Success(system.Rename("new", "new"));
        Expect.Success(system.Rename("new", "full/inner/new"));
        Expect.Success(system.Rename("full", "empty"));
        Expect.Success(system.ChangeDirectory("empty/inner"));
        Expect.Success(two.TryConnect(UnixAddress.FromPath("../inner/new")));
        Expect.Success(system.ChangeDirectory("../.."));
    });

    /// <summary>unlink is for what is no directory, rmdir for empty ones.</summary>
    [Scenario("BIND-32", OwnProcess = true)]
    public static void Removing(HostProcess host) => InDirectory(host, static (host, system) =>
    {
        using Socket socket = Bound(host, "socket");
        Expect.Success(system.MakeDirectory("directory", Everybody));
        Expect.Success(system.MakeDirectory("directory/inner", Everybody));
        Expect.Fails(Errno.EISDIR, system.Unlink("directory"));
        Expect.Fails(Errno.EISDIR, system.Unlink("directory/"));
        Expect.Fails(Errno.EISDIR, system.Unlink("."));
        Expect.Fails(Errno.EISDIR, system.Unlink("/"));
        Expect.Fails(Errno.ENOTDIR, system.Unlink("socket/"));
        Expect.Fails(Errno.ENOTDIR, system.RemoveDirectory("socket"));
        Expect.Fails(Errno.ENOTEMPTY, system.RemoveDirectory("directory"));
        Expect.Fails(Errno.ENOTEMPTY, system.RemoveDirectory("directory/.."));
        Expect.Fails(Errno.EINVAL, system.RemoveDirectory("directory/."));
        Expect.Fails(Errno.EBUSY, system.RemoveDirectory("/"));
        Expect.Fails(Errno.ENOENT, system.RemoveDirectory("missing"));
        Expect.Success(system.RemoveDirectory("directory/inner/"));
        Expect.Success(system.RemoveDirectory("directory"));
    });

    /// <summary>SIOCUNIXFILE opens the place of the name, which outlives the name: a descriptor that says what is there and cannot be used.</summary>
    [Scenario("IOCTL-10", OwnProcess = true)]
    public static void PlaceOfName(HostProcess host) => InDirectory(host, static (host, system) =>
    {
        using Socket socket = host.Unix(SocketType.Stream), named = host.Unix(SocketType.Stream);
        Expect.Fails(Errno.ENOENT, system.Ioctl(socket.Descriptor, IoControl.SIOCUNIXFILE, default));
        Expect.Success(named.TryBind(UnixAddress.Unnamed));
        Expect.Fails(Errno.ENOENT, system.Ioctl(named.Descriptor, IoControl.SIOCUNIXFILE, default));
        Expect.Success(socket.TryBind(UnixAddress.FromPath("name")));
        host.RunAsUser(Other, () => Expect.Fails(Errno.EPERM, system.Ioctl(socket.Descriptor, IoControl.SIOCUNIXFILE, default)));
        int place = Expect.Success(system.Ioctl(socket.Descriptor, IoControl.SIOCUNIXFILE, default));
        Expect.Success(system.Stat("name", out FileStatus byName));
        using (var diagnostics = new SocketDiagnostics(system)) Expect.Equal((uint)byName.Inode, diagnostics.Unix().Single(static s => s.Name == "name").File!.Value.Inode);
        Expect.Success(system.Unlink("name"));
        Expect.Success(system.Stat(place, out FileStatus byPlace));
        Expect.Equal(byName, byPlace);
        Expect.Equal((0x200000, 1), (system.Fcntl(place, FileControl.F_GETFL, 0).Value, system.Fcntl(place, FileControl.F_GETFD, 0).Value));
        Expect.Fails(Errno.EBADF, system.Fcntl(place, FileControl.F_SETFL, 0));
        Expect.Fails(Errno.EBADF, system.Fcntl(place, FileControl.F_GETOWN, 0));
        Expect.Fails(Errno.EBADF, system.Read(place, new byte[1]));
        Expect.Fails(Errno.EBADF, system.Listen(place, 1));
        Expect.Fails(Errno.EBADF, system.ChangeMode(place, 0x180));
        Expect.Fails(Errno.EBADF, system.ChangeOwner(place, 0, 0));
        Expect.Fails(Errno.EBADF, system.Ioctl(place, IoControl.FIONREAD, new byte[4]));
        Expect.Fails(Errno.EBADF, system.Truncate(place, 0));
        Expect.Fails(Errno.ENOTDIR, system.ChangeDirectory(place));
        PollEntry[] entries = [new PollEntry(place, PollEvents.POLLIN)];
        Expect.Equal(1, Expect.Success(system.Poll(entries, 0)));
        Expect.Equal(PollEvents.POLLNVAL, entries[0].Returned);
        Expect.Success(system.Close(Expect.Success(system.Duplicate(place))));
        PassesAlong(host, place);
        Expect.Success(system.Close(place));
    });

    /// <summary>An accepted socket has the place of its listener; who connected has none.</summary>
    [Scenario("IOCTL-10", OwnProcess = true)]
    public static void PlaceOfConnection(HostProcess host) => InDirectory(host, static (host, system) =>
    {
        using Socket listener = Bound(host, "listener"), client = host.Unix(SocketType.Stream);
        listener.Listen(1);
        client.Connect(UnixAddress.FromPath("listener"));
        using (Socket server = listener.Accept())
        {
            Expect.Success(system.Close(Expect.Success(system.Ioctl(server.Descriptor, IoControl.SIOCUNIXFILE, default))));
            Expect.Fails(Errno.ENOENT, system.Ioctl(client.Descriptor, IoControl.SIOCUNIXFILE, default));
        }
        using Socket next = host.Unix(SocketType.Stream);
        Expect.Success(next.TryConnect(UnixAddress.FromPath("listener"))); // the end of a connection is not that of the listener
    });

    private static void PassesAlong(HostProcess host, int descriptor)
    {
        (Socket first, Socket second) = host.NonBlockingPair(SocketType.Stream);
        using (first)
        using (second)
        {
            Expect.Success(first.TrySendDescriptors("x"u8, descriptor));
            UnixReceipt receipt = second.ReceiveAll();
            Expect.Equal(1, receipt.Descriptors.Count);
            Expect.Success(host.Sockets.Close(receipt.Descriptors[0]));
        }
    }

    private static Socket Bound(HostProcess host, string path)
    {
        Socket socket = host.Unix(SocketType.Stream);
        Expect.Success(socket.TryBind(UnixAddress.FromPath(path)));
        return socket;
    }

    private static uint ModeOf(SocketSystem system, string path)
    {
        Expect.Success(system.Stat(path, out FileStatus status));
        return status.Mode & PermissionMask;
    }

    /// <summary>Runs steps in a directory of their own that everybody may use, with the usual umask.</summary>
    private static void InDirectory(HostProcess host, Action<HostProcess, SocketSystem> steps)
    {
        SocketSystem system = host.Sockets;
        string path = host.UnixPath("files").Path!;
        system.SetFileMask(0);
        Expect.Success(system.MakeDirectory(path, Everybody));
        system.SetFileMask(UsualMask);
        Expect.Success(system.ChangeDirectory(path));
        try
        {
            steps(host, system);
        }
        finally
        {
            system.ChangeDirectory("/");
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
    }
}
