using System.Diagnostics;
using System.Numerics;

namespace Slipway.Stack;

/// <summary>
/// The pending timers of a loop: a hierarchical timing wheel (Varghese and Lauck, 1987) over the full 63 bits of a time in
/// nanoseconds. Eleven wheels of 64 slots; wheel L turns once in 64^(L+1) ns.
/// </summary>
/// <remarks>
/// <para>
/// With P the wheel's position, never later than any pending timer, a timer for time T stands on the wheel of the highest 6-bit digit in which T and P differ, in
/// the slot of T's digit there. Hence: all on a lower wheel are earlier than all on a higher one; the first non-empty slot of
/// the lowest non-empty wheel holds the earliest; a slot of wheel 0 holds timers of one nanosecond.
/// </para>
/// <para>
/// A timer whose slot comes first is spread over the lower wheels when the slot holds something due; a timer moves
/// down at most ten times in its life, and one that is cancelled before (most are) never moves. As equal times always share a slot,
/// and slots keep their order, equal times fire in the order of arming without a sequence number.
/// </para>
/// </remarks>
internal sealed class TimerQueue
{
    private const int DigitBits = 6;
    private const int Slots = 1 << DigitBits;
    private const int Wheels = 11;

    private readonly Slot[] _slots = new Slot[Wheels * Slots];
    private readonly ulong[] _occupied = new ulong[Wheels];
    private uint _occupiedWheels;
    private long _position;

    public int Count { get; private set; }

    public bool IsEmpty => _occupiedWheels == 0;

    /// <summary>The earliest deadline, or less where the earliest timer of its slot was cancelled; <see cref="long.MaxValue"/> if none is pending.</summary>
    public long NextDeadline => _occupiedWheels == 0 ? long.MaxValue : _slots[FirstSlot()].Earliest;

    public void Arm(StackTimer timer, long deadline)
    {
        if (timer.Slot != StackTimer.NotQueued) Remove(timer);
        timer.When = Math.Max(deadline, _position);
        Count++;
        Insert(timer);
    }

    public void Remove(StackTimer timer)
    {
        ref Slot slot = ref _slots[timer.Slot];
        StackTimer? previous = timer.Previous, next = timer.Next;
        if (previous is null) slot.First = next;
        else previous.Next = next;
        if (next is null) slot.Last = previous;
        else next.Previous = previous;
        if (slot.First is null) MarkEmpty(timer.Slot);
        timer.Previous = timer.Next = null;
        timer.Slot = StackTimer.NotQueued;
        Count--;
    }

    /// <summary>Removes the first timer whose time is not after <paramref name="now"/>; null if there is none.</summary>
    public StackTimer? TakeDue(long now)
    {
        while (_occupiedWheels != 0)
        {
            int index = FirstSlot();
            ref Slot slot = ref _slots[index];
            if (slot.Earliest > now) return null;
            _position = slot.Earliest;
            if (index < Slots)
            {
                StackTimer due = slot.First!;
                Remove(due);
                return due;
            }
            Spread(index);
        }
        return null;
    }

    private void Spread(int index)
    {
        ref Slot slot = ref _slots[index];
        StackTimer? timer = slot.First;
        slot.First = slot.Last = null;
        MarkEmpty(index);
        while (timer is not null)
        {
            StackTimer? next = timer.Next;
            timer.Previous = timer.Next = null;
            Insert(timer);
            Debug.Assert(timer.Slot < index, "A timer moves to a lower wheel.");
            timer = next;
        }
    }

    private void Insert(StackTimer timer)
    {
        long when = timer.When;
        int wheel = (63 - BitOperations.LeadingZeroCount((ulong)(when ^ _position) | 1)) / DigitBits;
        int digit = (int)(when >> (wheel * DigitBits)) & (Slots - 1);
        int index = wheel * Slots + digit;
        ref Slot slot = ref _slots[index];
        timer.Slot = index;
        if (slot.Last is null)
        {
            slot.First = slot.Last = timer;
            slot.Earliest = when;
            _occupied[wheel] |= 1UL << digit;
            _occupiedWheels |= 1u << wheel;
            return;
        }
        timer.Previous = slot.Last;
        slot.Last.Next = timer;
        slot.Last = timer;
        if (when < slot.Earliest) slot.Earliest = when;
    }

    private void MarkEmpty(int index)
    {
        int wheel = index / Slots;
        if ((_occupied[wheel] &= ~(1UL << (index % Slots))) == 0) _occupiedWheels &= ~(1u << wheel);
    }

    private int FirstSlot()
    {
        int wheel = BitOperations.TrailingZeroCount(_occupiedWheels);
        return wheel * Slots + BitOperations.TrailingZeroCount(_occupied[wheel]);
    }

    private struct Slot
    {
        public StackTimer? First, Last;

        /// <summary>No timer of the slot is earlier. Exact unless the earliest was cancelled.</summary>
        public long Earliest;
    }
}
