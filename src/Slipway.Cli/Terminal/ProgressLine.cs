using System.Globalization;

namespace Slipway.Cli;

/// <summary>One line on the terminal that says how far long work is; nothing where there is no terminal.</summary>
internal sealed class ProgressLine(CommandConsole console) : IDisposable
{
    private const string BeginLineAnew = "\r\e[K";
    private bool _isShown;

    /// <summary>Work number <paramref name="number"/> of <paramref name="count"/> begins.</summary>
    public void Show(int number, int count, string what)
    {
        if (!console.ShowsProgress) return;
        console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"{BeginLineAnew}{number}/{count} {what}"));
        console.Error.Flush();
        _isShown = true;
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (_isShown) console.Error.Write(BeginLineAnew);
        _isShown = false;
    }
}
