using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>
/// Finds the place of a segment among those that came early in logarithmic time, whatever order a peer sends them in: a treap, balanced by priorities that come from the
/// host's chance, so that nobody can make it lean.
/// </summary>
internal struct EarlyTree(uint seed)
{
    private EarlySegment? _root;
    private uint _chance = seed | 1;

    /// <summary>The last one that begins at a number or before it; null if all begin behind it.</summary>
    public readonly EarlySegment? FindUpTo(uint sequence)
    {
        EarlySegment? found = null;
        for (EarlySegment? node = _root; node is not null;)
        {
            if (After(node.Sequence, sequence)) node = node.Left;
            else
            {
                found = node;
                node = node.Right;
            }
        }
        return found;
    }

    public void Insert(EarlySegment node)
    {
        // Marsaglia's xorshift.
        _chance ^= _chance << 13;
        _chance ^= _chance >> 17;
        _chance ^= _chance << 5;
        node.Priority = _chance;
        node.Left = node.Right = node.Parent = null;
        if (_root is not { } place)
        {
            _root = node;
            return;
        }
        while (true)
        {
            bool isLeft = Before(node.Sequence, place.Sequence);
            EarlySegment? next = isLeft ? place.Left : place.Right;
            if (next is not null)
            {
                place = next;
                continue;
            }
            node.Parent = place;
            if (isLeft) place.Left = node;
            else place.Right = node;
            break;
        }
        while (node.Parent is { } parent && parent.Priority < node.Priority) RotateUp(node, parent);
    }

    public void Remove(EarlySegment node)
    {
        while (node.Left is not null || node.Right is not null)
        {
            EarlySegment child = node.Right is null || node.Left is { } left && left.Priority > node.Right.Priority ? node.Left! : node.Right;
            RotateUp(child, node);
        }
        Replace(node, null);
        node.Parent = null;
    }

    private void RotateUp(EarlySegment child, EarlySegment parent)
    {
        Replace(parent, child);
        if (ReferenceEquals(parent.Left, child))
        {
            parent.Left = child.Right;
            if (child.Right is not null) child.Right.Parent = parent;
            child.Right = parent;
        }
        else
        {
            parent.Right = child.Left;
            if (child.Left is not null) child.Left.Parent = parent;
            child.Left = parent;
        }
        parent.Parent = child;
    }

    /// <summary>What is above a node gets another in its place.</summary>
    private void Replace(EarlySegment node, EarlySegment? other)
    {
        EarlySegment? above = node.Parent;
        if (above is null) _root = other;
        else if (ReferenceEquals(above.Left, node)) above.Left = other;
        else above.Right = other;
        if (other is not null) other.Parent = above;
    }
}
