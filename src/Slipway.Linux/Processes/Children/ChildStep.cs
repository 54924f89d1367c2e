namespace Slipway.Linux;

/// <summary>A system call that a child is to make before its program runs, as <see cref="ChildCode"/> reads it: eight words.</summary>
internal struct ChildStep
{
    /// <summary>What <see cref="Result"/> is until the call has been made: no call gives it.</summary>
    public const nint NotMade = int.MinValue;

    public nint Number, First, Second, Third, Fourth, Fifth;

    /// <summary>What the call gave, below 0 an error number negated. A call of execve(2) that succeeds gives nothing any more.</summary>
    public nint Result;

    /// <summary>The errors after which the child goes on: bit n for error number n.</summary>
    public nint Tolerated;
}
