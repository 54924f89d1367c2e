namespace Slipway.Sockets;

/// <summary>Kinds of maps of eBPF (bpf(2), enum bpf_map_type).</summary>
public enum EbpfMapKind
{
    /// <summary>BPF_MAP_TYPE_HASH: any key; elements come and go.</summary>
    Hash = 1,

    /// <summary>BPF_MAP_TYPE_ARRAY: keys are numbers of 4 bytes from 0; all elements are there from the start, as zeros.</summary>
    Array = 2,
}
