namespace Slipway.Samples;

/// <summary>What a file holds, by its name.</summary>
internal static class MediaType
{
    /// <summary>The type for the Content-Type field.</summary>
    public static string Of(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".HTML" or ".HTM" => "text/html; charset=utf-8",
        ".TXT" or ".MD" or ".LOG" or ".YAML" or ".CS" => "text/plain; charset=utf-8",
        ".CSS" => "text/css; charset=utf-8",
        ".JS" => "text/javascript; charset=utf-8",
        ".JSON" => "application/json",
        ".XML" => "application/xml",
        ".PDF" => "application/pdf",
        ".SVG" => "image/svg+xml",
        ".PNG" => "image/png",
        ".JPG" or ".JPEG" => "image/jpeg",
        ".GIF" => "image/gif",
        _ => "application/octet-stream",
    };
}
