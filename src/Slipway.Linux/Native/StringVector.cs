using System.Runtime.InteropServices;
using System.Text;

namespace Slipway.Linux;

/// <summary>Strings as the kernel takes them for a program: UTF-8, each ended by a NUL, behind an array of pointers that ends with a null.</summary>
internal readonly unsafe struct StringVector : IDisposable
{
    private StringVector(nint* pointers) => Pointers = pointers;

    /// <summary>The array: <c>char *const argv[]</c>.</summary>
    public nint* Pointers { get; }

    /// <summary>Copies the strings out. None may contain a NUL: the kernel would end it there.</summary>
    public static StringVector Create(List<string> texts)
    {
        int heads = (texts.Count + 1) * sizeof(nint), bytes = heads;
        foreach (string text in texts) bytes += Encoding.UTF8.GetByteCount(text) + 1;
        byte* block = (byte*)NativeMemory.AllocZeroed((nuint)bytes);
        var pointers = (nint*)block;
        byte* at = block + heads;
        for (int i = 0; i < texts.Count; i++)
        {
            pointers[i] = (nint)at;
            at += Encoding.UTF8.GetBytes(texts[i], new Span<byte>(at, (int)(block + bytes - at))) + 1;
        }
        return new StringVector(pointers);
    }

    public void Dispose() => NativeMemory.Free(Pointers);
}
