#if DEBUG
namespace Slipway.Stack;

/// <content>Debug builds know of each packet who rented it, and list those that are out.</content>
public sealed partial class PacketBuffer
{
    internal PacketBuffer? PreviousOutstanding, NextOutstanding;
    private string _file = "";
    private int _line;

    internal string RentedAt => $"{Path.GetFileName(_file)}:{_line}";

    internal void Track(string file, int line)
    {
        _file = file;
        _line = line;
    }
}
#endif
