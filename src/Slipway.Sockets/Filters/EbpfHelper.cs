namespace Slipway.Sockets;

/// <summary>Functions that an eBPF socket filter may call (bpf-helpers(7)): arguments in r1 to r5, the result in r0.</summary>
public enum EbpfHelper
{
    /// <summary>bpf_map_lookup_elem(map, key): the element, or 0.</summary>
    MapLookup = 1,

    /// <summary>bpf_map_update_elem(map, key, value, flags): 0, or an errno below zero.</summary>
    MapUpdate = 2,

    /// <summary>bpf_map_delete_elem(map, key): 0, or an errno below zero.</summary>
    MapDelete = 3,

    /// <summary>bpf_ktime_get_ns(): nanoseconds of the monotonic clock.</summary>
    KtimeGetNs = 5,

    /// <summary>bpf_get_prandom_u32().</summary>
    GetPrandomU32 = 7,

    /// <summary>bpf_get_smp_processor_id().</summary>
    GetSmpProcessorId = 8,

    /// <summary>bpf_skb_load_bytes(skb, offset, to, length): 0, or -EFAULT where the packet ends before.</summary>
    SkbLoadBytes = 26,
}
