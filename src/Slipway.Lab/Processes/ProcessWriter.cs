using System.Text;

namespace Slipway.Lab;

/// <summary>Standard output or error of a virtual process: kept whole, and told line by line to the network.</summary>
internal sealed class ProcessWriter(LabProcess process, bool isError) : TextWriter(System.Globalization.CultureInfo.InvariantCulture)
{
    private readonly StringBuilder _text = new();
    private int _lineStart;

    public override Encoding Encoding => Encoding.UTF8;

    public override string NewLine => "\n";

    public string Text
    {
        get
        {
            lock (_text) return _text.ToString();
        }
    }

    public override void Write(char value) => Write(new ReadOnlySpan<char>(in value));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_text)
        {
            _text.Append(buffer);
            if (!buffer.Contains('\n')) return;
            string written = _text.ToString(_lineStart, _text.Length - _lineStart);
            int from = 0;
            for (int end; (end = written.IndexOf('\n', from)) >= 0; from = end + 1) Tell(written[from..end]);
            _lineStart += from;
        }
    }

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void WriteLine(ReadOnlySpan<char> buffer) => Write($"{buffer}\n");

    /// <summary>The process has ended: a last line without its end is told as well.</summary>
    public void Complete()
    {
        lock (_text)
        {
            if (_lineStart < _text.Length) Tell(_text.ToString(_lineStart, _text.Length - _lineStart));
            _lineStart = _text.Length;
        }
    }

    private void Tell(string line) => process.Network.Tell(new ProcessLine(process, isError, line, process.Network.Now));
}
