using System.IO.Enumeration;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>
/// An expression of ss(8). Sockets of the internet are chosen by the system, which is sent a program; local and netlink sockets, for which sock_diag has none, are chosen here. They have numbers for ports: a local socket its
/// own and its peer's, a netlink socket its port.
/// </summary>
internal abstract record SsFilter
{
    /// <summary>What the system is asked for.</summary>
    public abstract DiagnosticFilter Program { get; }

    /// <summary>Whether a socket that is not of the internet fits.</summary>
    public abstract bool Takes(in SsEnds ends);

    /// <summary>Both hold.</summary>
    public sealed record Both(SsFilter Left, SsFilter Right) : SsFilter
    {
        public override DiagnosticFilter Program => Left.Program.And(Right.Program);

        public override bool Takes(in SsEnds ends) => Left.Takes(ends) && Right.Takes(ends);
    }

    /// <summary>One of them holds.</summary>
    public sealed record Either(SsFilter Left, SsFilter Right) : SsFilter
    {
        public override DiagnosticFilter Program => Left.Program.Or(Right.Program);

        public override bool Takes(in SsEnds ends) => Left.Takes(ends) || Right.Takes(ends);
    }

    /// <summary>It does not hold.</summary>
    public sealed record Inverse(SsFilter Inner) : SsFilter
    {
        public override DiagnosticFilter Program => Inner.Program.Not();

        public override bool Takes(in SsEnds ends) => !Inner.Takes(ends);
    }

    /// <summary>Something that only sockets of the internet have.</summary>
    public sealed record OfInternet(DiagnosticFilter Condition) : SsFilter
    {
        public override DiagnosticFilter Program => Condition;

        public override bool Takes(in SsEnds ends) => false;
    }

    /// <summary>A port, or the number that stands for one, is between two.</summary>
    public sealed record Ports(bool IsPeer, uint Least, uint Most, DiagnosticFilter Condition) : SsFilter
    {
        public override DiagnosticFilter Program => Condition;

        public override bool Takes(in SsEnds ends)
        {
            uint port = IsPeer ? ends.PeerPort : ends.LocalPort;
            return port >= Least && port <= Most;
        }
    }

    /// <summary>The name of a local socket fits a pattern with <c>*</c> and <c>?</c>.</summary>
    public sealed record Name(bool IsPeer, string Pattern) : SsFilter
    {
        public override DiagnosticFilter Program => DiagnosticFilter.Everything.Not();

        public override bool Takes(in SsEnds ends) => (IsPeer ? ends.Peer : ends.Local) is { } name && FileSystemName.MatchesSimpleExpression(Pattern, name, ignoreCase: false);
    }

    /// <summary>The system has chosen the name: a port, five hexadecimal digits of a local socket, or a number of a netlink socket that is no process's.</summary>
    public sealed record AutomaticName(DiagnosticFilter Condition) : SsFilter
    {
        private const int UnixLength = 6;

        public override DiagnosticFilter Program => Condition;

        public override bool Takes(in SsEnds ends) => ends.Local is { } name ? name.Length == UnixLength && name[0] == '@' && name.Skip(1).All(char.IsAsciiHexDigitLower) : (int)ends.LocalPort < 0;
    }

    /// <summary>Every socket.</summary>
    public sealed record Anything : SsFilter
    {
        public override DiagnosticFilter Program => DiagnosticFilter.Everything;

        public override bool Takes(in SsEnds ends) => true;
    }
}
