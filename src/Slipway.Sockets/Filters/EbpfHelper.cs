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

    /// <summary>
    /// bpf_tail_call(skb, programs, index): goes on with another program of an array, which returns for this one; where there is none, and after 33 of them, the next instruction follows.
    /// The array is in r2; r0 is lost.
    /// </summary>
    TailCall = 12,

    /// <summary>bpf_skb_load_bytes(skb, offset, to, length): 0, or -EFAULT where the packet ends before.</summary>
    SkbLoadBytes = 26,

    /// <summary>bpf_get_numa_node_id(): of a virtual host 0.</summary>
    GetNumaNodeId = 42,

    /// <summary>bpf_get_socket_cookie(skb): SO_COOKIE of the socket whose filter runs; 0 over a group and before a packet socket.</summary>
    GetSocketCookie = 46,

    /// <summary>bpf_get_socket_uid(skb): the user that made the socket; 65534 where the packet has none.</summary>
    GetSocketUid = 47,

    /// <summary>bpf_skb_load_bytes_relative(skb, offset, to, length, start): as <see cref="SkbLoadBytes"/> from the link header (start 0) or the network header (1); offsets up to 65535.</summary>
    SkbLoadBytesRelative = 68,

    /// <summary>bpf_ktime_get_boot_ns(): nanoseconds since the host began.</summary>
    KtimeGetBootNs = 125,
}
