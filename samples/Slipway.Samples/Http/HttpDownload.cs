using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Samples;

/// <summary>GET and HEAD: a file or a part of it, or the list of a directory.</summary>
internal static class HttpDownload
{
    private const string Index = "index.html", Html = "text/html; charset=utf-8";

    public static async ValueTask AnswerAsync(HttpResponse response, HttpDirectory directory, HttpRequest request, bool closes)
    {
        bool isHead = request.Method == "HEAD";
        try
        {
            string? path = directory.Find(request.Segments);
            if (path is null) await response.SendErrorAsync(HttpStatus.NotFound, closes, isHead);
            else if (!Directory.Exists(path)) await SendFileAsync(response, request, request.IsDirectory ? null : path, closes, isHead);
            else if (!request.IsDirectory) await response.SendErrorAsync(HttpStatus.MovedPermanently, closes, isHead, $"Location: {PathOf(request)}/\r\n");
            else if (directory.Find([.. request.Segments, Index]) is { } index) await SendFileAsync(response, request, index, closes, isHead);
            else await response.SendTextAsync(HttpStatus.Ok, Html, Page(path, request), closes, isHead);
        }
        catch (UnauthorizedAccessException)
        {
            throw new HttpFailure(HttpStatus.Forbidden);
        }
        catch (IOException)
        {
            throw new HttpFailure(HttpStatus.InternalServerError);
        }
    }

    private static async ValueTask SendFileAsync(HttpResponse response, HttpRequest request, string? path, bool closes, bool isHead)
    {
        if (path is null)
        {
            await response.SendErrorAsync(HttpStatus.NotFound, closes, isHead);
            return;
        }
        using SafeFileHandle? file = HttpDirectory.OpenRead(path, out long length);
        bool? isPart = HttpRange.Read(isHead ? null : request.Range, length, out HttpRange range);
        if (isPart == false)
        {
            await response.SendErrorAsync(HttpStatus.RangeNotSatisfiable, closes, isHead, string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes */{length}\r\n"));
            return;
        }
        string part = isPart is null ? "" : string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes {range.Start}-{range.Start + range.Length - 1}/{length}\r\n");
        string modified = File.GetLastWriteTimeUtc(path).ToString("R", CultureInfo.InvariantCulture);
        string fields = string.Create(
            CultureInfo.InvariantCulture,
            $"Content-Type: {MediaType.Of(path)}\r\nContent-Length: {range.Length}\r\nLast-Modified: {modified}\r\nAccept-Ranges: bytes\r\n{part}");
        HttpStatus status = isPart is null ? HttpStatus.Ok : HttpStatus.PartialContent;
        if (isHead) await response.SendHeadAsync(status, fields, closes);
        else await response.SendFileAsync(status, fields, file, range, closes);
    }

    private static string Page(string path, HttpRequest request)
    {
        string title = WebUtility.HtmlEncode("/" + string.Join('/', request.Segments));
        var page = new StringBuilder($"<!DOCTYPE html>\n<title>{title}</title>\n<h1>{title}</h1>\n<ul>\n");
        foreach (string name in HttpDirectory.List(path))
        {
            string reference = HttpTarget.Encode(name.TrimEnd('/')) + (name.EndsWith('/') ? "/" : "");
            page.Append(CultureInfo.InvariantCulture, $"<li><a href=\"./{reference}\">{WebUtility.HtmlEncode(name)}</a></li>\n");
        }
        return page.Append("</ul>\n").ToString();
    }

    private static string PathOf(HttpRequest request) => string.Concat(request.Segments.Select(static name => "/" + HttpTarget.Encode(name)));
}
