namespace Slipway.Wire;

/// <summary>The tag control information of IEEE 802.1Q §9.6.</summary>
/// <param name="Value">Three bits of priority, the drop-eligible bit, twelve bits of VLAN identifier.</param>
public readonly record struct VlanTag(ushort Value)
{
    /// <summary>Makes a tag from its parts.</summary>
    /// <param name="id">VLAN identifier, 0 to 4095; higher bits are cut off.</param>
    /// <param name="priority">Priority code point, 0 to 7; higher bits are cut off.</param>
    /// <param name="dropEligible">The drop-eligible indicator.</param>
    public static VlanTag Create(int id, int priority = 0, bool dropEligible = false)
        => new((ushort)(id & 0xFFF | (priority & 7) << 13 | (dropEligible ? 0x1000 : 0)));

    /// <summary>VLAN identifier; 0 is a mere priority tag.</summary>
    public int Id => Value & 0xFFF;

    /// <summary>Priority code point, 0 to 7.</summary>
    public int Priority => Value >> 13;

    /// <summary>The drop-eligible indicator.</summary>
    public bool IsDropEligible => (Value & 0x1000) != 0;
}
