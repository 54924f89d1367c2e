using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>An address of a link as rtnetlink(7) tells of it (RTM_NEWADDR).</summary>
/// <param name="Index">The link.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Length of its network's prefix.</param>
public sealed record RtAddress(int Index, InetAddress Address, int PrefixLength)
{
    /// <summary>Lifetime of an address that stays.</summary>
    public const uint Forever = uint.MaxValue;

    /// <summary>The address at the other end of the link; null without one.</summary>
    public InetAddress? Peer { get; init; }

    /// <summary>The broadcast address; null without one.</summary>
    public InetAddress? Broadcast { get; init; }

    /// <summary>The name that old programs see; null for IPv6.</summary>
    public string? Label { get; init; }

    /// <summary>RT_SCOPE_: 0 global, 200 site, 253 link, 254 host.</summary>
    public int Scope { get; init; }

    /// <summary>IFA_F_ flags, 32 bits.</summary>
    public uint Flags { get; init; }

    /// <summary>IFA_PROTO: who made it; 0 for a user.</summary>
    public int Origin { get; init; }

    /// <summary>Metric of the route to its network; 0 for the family's.</summary>
    public int Metric { get; init; }

    /// <summary>Seconds for which it is preferred.</summary>
    public uint PreferredSeconds { get; init; } = Forever;

    /// <summary>Seconds for which it is valid.</summary>
    public uint ValidSeconds { get; init; } = Forever;

    /// <summary>Reads RTM_NEWADDR or RTM_DELADDR.</summary>
    public static RtAddress Read(NetlinkReader message)
    {
        RtFixed fixedPart = new(message.Body, RtFixed.AddressLength);
        InetAddress? local = null, address = null;
        var read = new RtAddress(fixedPart.Int32(4), default, fixedPart[1]) { Flags = fixedPart[2], Scope = fixedPart[3] };
        NetlinkAttributeReader attributes = message.Attributes(RtFixed.AddressLength);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case AddressAttribute.IFA_LOCAL:
                    local = attributes.Address;
                    break;
                case AddressAttribute.IFA_ADDRESS:
                    address = attributes.Address;
                    break;
                case AddressAttribute.IFA_CACHEINFO when attributes.Value.Length >= 2 * sizeof(uint):
                    read = read with { PreferredSeconds = attributes.UInt32, ValidSeconds = BinaryPrimitives.ReadUInt32LittleEndian(attributes.Value[sizeof(uint)..]) };
                    break;
                default:
                    read = read.With(attributes);
                    break;
            }
        }
        InetAddress own = local ?? address ?? default;
        return read with { Address = own, Peer = address is { } other && other != own ? other : default(InetAddress?) };
    }

    private RtAddress With(in NetlinkAttributeReader attribute) => attribute.Type switch
    {
        AddressAttribute.IFA_BROADCAST => this with { Broadcast = attribute.Address },
        AddressAttribute.IFA_LABEL => this with { Label = attribute.Text },
        AddressAttribute.IFA_FLAGS => this with { Flags = attribute.UInt32 },
        AddressAttribute.IFA_PROTO => this with { Origin = attribute.Byte },
        AddressAttribute.IFA_RT_PRIORITY => this with { Metric = (int)attribute.UInt32 },
        _ => this,
    };
}
