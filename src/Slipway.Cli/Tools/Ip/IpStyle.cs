using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>The options of ip that say how it prints.</summary>
internal sealed class IpStyle
{
    /// <summary>The family; unspecified for both.</summary>
    public AddressFamily Family { get; private set; }

    /// <summary><c>-o</c>: a line for each entry, what would be a line's end a backslash.</summary>
    public bool IsOneLine { get; private set; }

    /// <summary><c>-br</c>: name, state and addresses alone.</summary>
    public bool IsBrief { get; private set; }

    /// <summary><c>-s</c>: counters.</summary>
    public bool HasStatistics { get; private set; }

    /// <summary><c>-j</c>: JSON.</summary>
    public bool IsJson { get; private set; }

    /// <summary><c>-p</c>: JSON with line breaks.</summary>
    public bool IsPretty { get; private set; }

    public void Take(string option)
    {
        switch (option.TrimStart('-'))
        {
            case "4":
                Family = AddressFamily.Inet;
                break;
            case "6":
                Family = AddressFamily.Inet6;
                break;
            case "o" or "oneline":
                IsOneLine = true;
                break;
            case "br" or "brief":
                IsBrief = true;
                break;
            case "s" or "stats" or "statistics":
                HasStatistics = true;
                break;
            case "j" or "json":
                IsJson = true;
                break;
            case "p" or "pretty":
                IsPretty = true;
                break;
            default:
                throw ToolWords.Wrong($"Option \"{option}\" is unknown, try \"ip -help\".");
        }
    }
}
