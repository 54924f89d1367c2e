using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>RFC 9293 section 3.4: comparison of numbers that wrap at 2^32.</summary>
public sealed class SequenceNumberTests
{
    [Theory]
    [InlineData(0u, 1u)]
    [InlineData(0xFFFF_FFFFu, 0u)]
    [InlineData(0xFFFF_FFF0u, 0x10u)]
    [InlineData(0x7FFF_FFFFu, 0x8000_0000u)]
    [InlineData(1u, 0x8000_0000u)]
    [InlineData(0x8000_0001u, 0u)]
    public void The_first_is_earlier_also_across_the_wrap(uint earlier, uint later)
    {
        SequenceNumber.Before(earlier, later).ShouldBeTrue();
        SequenceNumber.Before(later, earlier).ShouldBeFalse();
        SequenceNumber.After(later, earlier).ShouldBeTrue();
        SequenceNumber.After(earlier, later).ShouldBeFalse();
        SequenceNumber.BeforeOrEqual(earlier, later).ShouldBeTrue();
        SequenceNumber.BeforeOrEqual(later, earlier).ShouldBeFalse();
        SequenceNumber.AfterOrEqual(later, earlier).ShouldBeTrue();
        SequenceNumber.AfterOrEqual(earlier, later).ShouldBeFalse();
        SequenceNumber.Max(earlier, later).ShouldBe(later);
        SequenceNumber.Max(later, earlier).ShouldBe(later);
        SequenceNumber.Min(earlier, later).ShouldBe(earlier);
        SequenceNumber.Min(later, earlier).ShouldBe(earlier);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0x8000_0000u)]
    [InlineData(0xFFFF_FFFFu)]
    public void A_number_is_neither_before_nor_after_itself(uint number)
    {
        SequenceNumber.Before(number, number).ShouldBeFalse();
        SequenceNumber.After(number, number).ShouldBeFalse();
        SequenceNumber.BeforeOrEqual(number, number).ShouldBeTrue();
        SequenceNumber.AfterOrEqual(number, number).ShouldBeTrue();
    }

    [Theory]
    [InlineData(5u, 5u, 5u, true)]
    [InlineData(4u, 5u, 9u, false)]
    [InlineData(9u, 5u, 9u, true)]
    [InlineData(10u, 5u, 9u, false)]
    [InlineData(0u, 0xFFFF_FFF0u, 0x10u, true)]
    [InlineData(0xFFFF_FFEFu, 0xFFFF_FFF0u, 0x10u, false)]
    [InlineData(0x11u, 0xFFFF_FFF0u, 0x10u, false)]
    [InlineData(0x9000_0000u, 0u, 0xF000_0000u, true)] // longer than 2^31: still exact
    public void Between_includes_both_ends_and_wraps(uint value, uint low, uint high, bool expected) =>
        SequenceNumber.Between(value, low, high).ShouldBe(expected);
}
