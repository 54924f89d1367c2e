namespace Slipway.Sockets;

/// <summary>Kinds of maps of eBPF (bpf(2), enum bpf_map_type).</summary>
public enum EbpfMapKind
{
    /// <summary>BPF_MAP_TYPE_HASH: any key; elements come and go.</summary>
    Hash = 1,

    /// <summary>BPF_MAP_TYPE_ARRAY: keys are numbers of 4 bytes from 0; all elements are there from the start, as zeros.</summary>
    Array = 2,

    /// <summary>BPF_MAP_TYPE_PROG_ARRAY: programs for <see cref="EbpfHelper.TailCall"/>. A process writes their descriptors, and reads numbers that the system gave them.</summary>
    ProgramArray = 3,

    /// <summary>BPF_MAP_TYPE_PERCPU_HASH: a hash with a value for each processor. A program has that of its own; a process has all of them, in units of 8 bytes.</summary>
    PerCpuHash = 5,

    /// <summary>BPF_MAP_TYPE_PERCPU_ARRAY: an array of that kind.</summary>
    PerCpuArray = 6,

    /// <summary>BPF_MAP_TYPE_LRU_HASH: a hash that is never full: an element goes that was not used for long.</summary>
    LruHash = 9,

    /// <summary>BPF_MAP_TYPE_LRU_PERCPU_HASH: both.</summary>
    LruPerCpuHash = 10,
}
