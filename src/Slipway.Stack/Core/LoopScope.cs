namespace Slipway.Stack;

/// <summary>Ownership of a <see cref="StackLoop"/> for the length of a <c>using</c> block.</summary>
public readonly ref struct LoopScope
{
    private readonly StackLoop? _loop;

    internal LoopScope(StackLoop loop) => _loop = loop;

    /// <summary>Leaves the loop; the outermost scope first drains what the work caused (see <see cref="StackLoop"/>).</summary>
    public void Dispose() => _loop?.Exit();
}
