using Slipway.Sockets;
using static Slipway.Sockets.RuleAttribute;

namespace Slipway.Stack;

/// <summary>The rules of policy routing: the three that there always are, which look into the tables local, main and default. Others cannot be made on a host.</summary>
internal static class RuleRequests
{
    private const int FixedLength = 12;
    private const byte ActionToTable = 1, MadeByKernel = 2;

    private static readonly (int Family, uint Priority, uint Table)[] Rules =
    [
        ((int)AddressFamily.Inet, 0, RouteMessages.TableLocal), ((int)AddressFamily.Inet, 32766, RouteMessages.TableMain), ((int)AddressFamily.Inet, 32767, RouteMessages.TableDefault),
        ((int)AddressFamily.Inet6, 0, RouteMessages.TableLocal), ((int)AddressFamily.Inet6, 32766, RouteMessages.TableMain),
    ];

    public static NetlinkRefusal Dump(in NetlinkRequest request)
    {
        int wanted = request.Body[0];
        if (wanted is not (0 or (int)AddressFamily.Inet or (int)AddressFamily.Inet6)) return Errno.EAFNOSUPPORT;
        var writer = new NetlinkWriter();
        foreach ((int family, uint priority, uint table) in Rules)
        {
            if (wanted != 0 && wanted != family) continue;
            MessageHead.OfDump(NetlinkMessageType.RTM_NEWRULE, request).Begin(writer);
            Span<byte> fixedPart = writer.Fixed(FixedLength);
            fixedPart[0] = (byte)family;
            fixedPart[4] = (byte)table;
            fixedPart[7] = ActionToTable;
            writer.Attribute(FRA_TABLE, table);
            writer.Attribute(FRA_SUPPRESS_PREFIXLEN, uint.MaxValue);
            writer.Attribute(FRA_PROTOCOL, MadeByKernel);
            if (priority != 0) writer.Attribute(FRA_PRIORITY, priority);
            writer.EndMessage();
        }
        return request.Socket.StartDump(request, writer, request.Socket.Host.Netlink.Changes.Generation);
    }
}
