using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>A learning Ethernet switch of a <see cref="VirtualNetwork"/>.</summary>
public sealed class Switch : NetworkNode
{
    internal Switch(VirtualNetwork network, string name) : base(network, name) => Bridge = new LearningSwitch(network.Loop);

    /// <summary>The switch itself: its ports, table and counters. Owner of the loop.</summary>
    public LearningSwitch Bridge { get; }

    /// <summary>Whether it listens in on IGMP and MLD, and sends what is for a group only where somebody has joined it (<see cref="LearningSwitch.IsSnooping"/>); otherwise it floods.</summary>
    public bool IsSnooping
    {
        get
        {
            using (Network.Loop.Enter()) return Bridge.IsSnooping;
        }
        set
        {
            using (Network.Loop.Enter()) Bridge.IsSnooping = value;
        }
    }
}
