using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Slipway.Cli;

/// <summary>One JSON object a line.</summary>
internal static class JsonLine
{
    // For terminals and pipes, not for web pages: text stays readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an object on a line of its own.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="fields">Writes the fields in the order that readers know.</param>
    public static void Write(TextWriter output, Action<Utf8JsonWriter> fields)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }
        output.WriteLine(Encoding.UTF8.GetString(bytes.WrittenSpan));
    }
}
