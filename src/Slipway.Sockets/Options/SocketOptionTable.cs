namespace Slipway.Sockets;

/// <summary>Makes the rows of one level, which share the level and the manual page.</summary>
/// <param name="Level">The level, such as SOL_SOCKET.</param>
/// <param name="Source">The manual page that describes the options.</param>
internal readonly record struct SocketOptionTable(int Level, string Source)
{
    public SocketOptionDefinition Row(string name, int number, SocketOptionKind kind, SocketOptionAccess access, string defaultText, string range,
        SocketOptionPrivilege privilege, SocketOptionScope scope, bool supported, string summary) => new()
    {
        Level = Level,
        Name = name,
        Number = number,
        Kind = kind,
        Access = access,
        Default = defaultText,
        Range = range,
        Privilege = privilege,
        AppliesTo = scope,
        Summary = summary,
        Source = Source,
        SupportedByStack = supported,
    };
}
