using Spectre.Console;

namespace Slipway.Cli;

/// <summary>A table for readers: with rules on a terminal as in a file, never wrapped where there is no terminal to fit.</summary>
internal sealed class TextTable
{
    // Wide enough for any row; a file has no right edge.
    private const int NoEdge = 4096;

    private readonly Table _table = new() { Border = TableBorder.Simple };

    /// <summary>Adds a column of text.</summary>
    public TextTable Column(string title)
    {
        _table.AddColumn(new TableColumn(Markup.Escape(title)));
        return this;
    }

    /// <summary>Adds a column of numbers.</summary>
    public TextTable Number(string title)
    {
        _table.AddColumn(new TableColumn(Markup.Escape(title)).RightAligned().NoWrap());
        return this;
    }

    /// <summary>Adds a row.</summary>
    public void Add(params string[] cells) => _table.AddRow([.. cells.Select(static cell => new Text(cell))]);

    /// <summary>Prints the table.</summary>
    public void Print(CommandConsole console)
    {
        IAnsiConsole ansi = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(console.Out),
        });
        ansi.Profile.Width = console.Width ?? NoEdge;
        ansi.Profile.Capabilities.Unicode = true;
        ansi.Write(_table);
    }
}
