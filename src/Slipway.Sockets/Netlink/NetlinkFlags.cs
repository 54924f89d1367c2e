namespace Slipway.Sockets;

/// <summary>nlmsg_flags: what a request wants and what an answer is (netlink(7)).</summary>
public static class NetlinkFlags
{
    /// <summary>A request; every message to the kernel has it.</summary>
    public const ushort NLM_F_REQUEST = 0x1;

    /// <summary>Part of an answer that ends with NLMSG_DONE.</summary>
    public const ushort NLM_F_MULTI = 0x2;

    /// <summary>Asks for an acknowledgement in case of success too.</summary>
    public const ushort NLM_F_ACK = 0x4;

    /// <summary>Asks to be told of the change as those who listen are.</summary>
    public const ushort NLM_F_ECHO = 0x8;

    /// <summary>The tables changed while they were dumped: what was seen may be neither their old nor their new state.</summary>
    public const ushort NLM_F_DUMP_INTR = 0x10;

    /// <summary>The dump holds only what the request asked for.</summary>
    public const ushort NLM_F_DUMP_FILTERED = 0x20;

    /// <summary>Of a request for answers: all of the table.</summary>
    public const ushort NLM_F_ROOT = 0x100;

    /// <summary>Of a request for answers: all that match.</summary>
    public const ushort NLM_F_MATCH = 0x200;

    /// <summary>All entries: NLM_F_ROOT and NLM_F_MATCH.</summary>
    public const ushort NLM_F_DUMP = 0x300;

    /// <summary>Of a request to add: put it in the place of one that is there.</summary>
    public const ushort NLM_F_REPLACE = 0x100;

    /// <summary>Of a request to add: fail where it is there already.</summary>
    public const ushort NLM_F_EXCL = 0x200;

    /// <summary>Of a request to add: make it where it is missing.</summary>
    public const ushort NLM_F_CREATE = 0x400;

    /// <summary>Of a request to add: put it behind those that are there.</summary>
    public const ushort NLM_F_APPEND = 0x800;

    /// <summary>Of an NLMSG_ERROR: the request is not repeated behind its header.</summary>
    public const ushort NLM_F_CAPPED = 0x100;

    /// <summary>Of an NLMSG_ERROR: attributes follow that say more.</summary>
    public const ushort NLM_F_ACK_TLVS = 0x200;
}
