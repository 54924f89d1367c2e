using System.Diagnostics.CodeAnalysis;

namespace Slipway.Stack;

/// <summary>The descriptors of a process: numbers that refer to open files, each with its close-on-exec flag. Owner of the loop only.</summary>
internal sealed class DescriptorTable
{
    private const int InitialSize = 64;

    private OpenFile?[] _files = new OpenFile?[InitialSize];
    private bool[] _closeOnExec = new bool[InitialSize];
    private int _lowestFree;

    /// <summary>One more than the greatest number that the table has room for (the kernel's max_fds).</summary>
    public int Capacity => _files.Length;

    /// <summary>The file that a number refers to, but for one that is only a place (O_PATH): to most calls it is no descriptor.</summary>
    public bool TryGet(int descriptor, [NotNullWhen(true)] out OpenFile? file)
    {
        OpenFile?[] files = _files;
        file = (uint)descriptor < (uint)files.Length ? files[descriptor] : null;
        if (file is PathFile) file = null;
        return file is not null;
    }

    /// <summary>The file that a number refers to, whatever it is.</summary>
    public bool TryGetAny(int descriptor, [NotNullWhen(true)] out OpenFile? file)
    {
        OpenFile?[] files = _files;
        file = (uint)descriptor < (uint)files.Length ? files[descriptor] : null;
        return file is not null;
    }

    /// <summary>Whether there is a number free from <paramref name="least"/> and below <paramref name="limit"/>, and which.</summary>
    public bool TryFindFree(int least, int limit, out int descriptor)
    {
        descriptor = Math.Max(least, _lowestFree);
        while (descriptor < _files.Length && _files[descriptor] is not null) descriptor++;
        if (least <= _lowestFree) _lowestFree = descriptor;
        return descriptor < limit;
    }

    /// <summary>Puts a file at a free number. The caller's reference moves to the table.</summary>
    public void Set(int descriptor, OpenFile file, bool closeOnExec)
    {
        if (descriptor >= _files.Length) Grow(descriptor);
        _files[descriptor] = file;
        _closeOnExec[descriptor] = closeOnExec;
    }

    /// <summary>Takes the file of a number out. The table's reference moves to the caller.</summary>
    public bool TryRemove(int descriptor, [NotNullWhen(true)] out OpenFile? file)
    {
        if (!TryGetAny(descriptor, out file)) return false;
        _files[descriptor] = null;
        _lowestFree = Math.Min(_lowestFree, descriptor);
        return true;
    }

    public bool IsCloseOnExec(int descriptor) => _closeOnExec[descriptor];

    public void SetCloseOnExec(int descriptor, bool value) => _closeOnExec[descriptor] = value;

    /// <summary>Copies all descriptors into an empty table, as fork does.</summary>
    public void CopyTo(DescriptorTable child)
    {
        child._files = (OpenFile?[])_files.Clone();
        child._closeOnExec = (bool[])_closeOnExec.Clone();
        child._lowestFree = _lowestFree;
        foreach (OpenFile? file in _files) file?.AddReference();
    }

    /// <summary>Closes all descriptors, or only those that exec closes.</summary>
    public void Close(bool onlyCloseOnExec)
    {
        for (int descriptor = 0; descriptor < _files.Length; descriptor++)
        {
            if ((!onlyCloseOnExec || _closeOnExec[descriptor]) && TryRemove(descriptor, out OpenFile? file)) file.Release();
        }
    }

    private void Grow(int descriptor)
    {
        int size = _files.Length;
        while (size <= descriptor) size *= 2;
        Array.Resize(ref _files, size);
        Array.Resize(ref _closeOnExec, size);
    }
}
