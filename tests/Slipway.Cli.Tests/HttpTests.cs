using System.Security.Cryptography;
using System.Text;
using Slipway.Samples;
using Slipway.Sockets;

namespace Slipway.Cli.Tests;

/// <summary>The server of a directory, on the kernel's loopback: asked by curl, and by sockets for what curl would not say.</summary>
public sealed class HttpTests : IDisposable
{
    private readonly string _outside = Directory.CreateTempSubdirectory("slipway-http").FullName;
    private readonly string _root;
    private readonly byte[] _large = new byte[5_000_000];
    private KernelServer? _server;

    public HttpTests()
    {
        _root = Directory.CreateDirectory(Path.Combine(_outside, "root")).FullName;
        new Random(7).NextBytes(_large);
        File.WriteAllText(Path.Combine(_outside, "secret"), "secret");
        File.WriteAllBytes(Path.Combine(_root, "large.bin"), _large);
        File.WriteAllText(Path.Combine(_root, "ten.txt"), "0123456789");
        File.WriteAllText(Path.Combine(_root, "empty"), "");
        File.WriteAllText(Path.Combine(_root, ".hidden"), "hidden");
        Directory.CreateDirectory(Path.Combine(_root, "a b", "deep"));
        File.WriteAllText(Path.Combine(_root, "a b", "deep", "ü&.txt"), "deep");
        File.CreateSymbolicLink(Path.Combine(_root, "link"), Path.Combine(_outside, "secret"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "up"), _outside);
    }

    private KernelServer Server => _server ??= new KernelServer(process => HttpServer.Of(process, new HttpDirectory(_root)));

    private string Base => $"http://{Server.Address}";

    public void Dispose()
    {
        _server?.Dispose();
        Directory.Delete(_outside, recursive: true);
    }

    [ToolFact("curl")]
    public void Curl_fetches_a_large_file_whole()
    {
        string copy = Path.Combine(_outside, "copy");
        Curl("-o", copy, $"{Base}/large.bin");
        SHA256.HashData(File.ReadAllBytes(copy)).ShouldBe(SHA256.HashData(_large));
    }

    [ToolFact("curl")]
    public void Head_gives_the_fields_of_get_without_the_body()
    {
        string head = Curl("--head", $"{Base}/large.bin");
        head.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        head.ShouldContain("Content-Length: 5000000\r\n");
        head.ShouldContain("Content-Type: application/octet-stream\r\n");
        head.ShouldMatch(@"Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n");
        head.ShouldContain("Last-Modified: ");
    }

    [ToolFact("curl")]
    public void Several_requests_use_one_connection()
    {
        Curl("-o", "/dev/null", "-o", "/dev/null", "-o", "/dev/null", "-w", "%{num_connects} ", $"{Base}/ten.txt", $"{Base}/nothing", $"{Base}/empty").ShouldBe("1 0 0 ");
    }

    [ToolFact("curl")]
    public void Curl_uploads_a_large_file_and_replaces_it()
    {
        string source = Path.Combine(_root, "large.bin");
        Curl("-w", "%{http_code}", "-T", source, $"{Base}/a%20b/new.bin").ShouldBe("201");
        File.ReadAllBytes(Path.Combine(_root, "a b", "new.bin")).ShouldBe(_large);
        Curl("-w", "%{http_code}", "-T", Path.Combine(_root, "ten.txt"), $"{Base}/a%20b/new.bin").ShouldBe("204");
        File.ReadAllText(Path.Combine(_root, "a b", "new.bin")).ShouldBe("0123456789");
    }

    [ToolFact("curl")]
    public void Curl_uploads_in_chunks()
    {
        Curl("-w", "%{http_code}", "-H", "Transfer-Encoding: chunked", "-T", Path.Combine(_root, "large.bin"), $"{Base}/chunked.bin").ShouldBe("201");
        File.ReadAllBytes(Path.Combine(_root, "chunked.bin")).ShouldBe(_large);
    }

    [ToolFact("curl")]
    public void A_directory_without_an_index_is_listed_and_its_references_lead_on()
    {
        string page = Curl($"{Base}/");
        page.ShouldContain("<li><a href=\"./a%20b/\">a b/</a></li>");
        page.ShouldNotContain("hidden");
        page.ShouldNotContain("link");
        Curl("-L", $"{Base}/a%20b/deep").ShouldContain("<a href=\"./%C3%BC%26.txt\">&#252;&amp;.txt</a>");
        Curl($"{Base}/a%20b/deep/%C3%BC%26.txt").ShouldBe("deep");
        File.WriteAllText(Path.Combine(_root, "index.html"), "<p>index");
        Curl($"{Base}/").ShouldBe("<p>index");
    }

    [Theory]
    [InlineData("bytes=2-4", "206 Partial Content", "bytes 2-4/10", "234")]
    [InlineData("bytes=7-", "206 Partial Content", "bytes 7-9/10", "789")]
    [InlineData("bytes=-3", "206 Partial Content", "bytes 7-9/10", "789")]
    [InlineData("bytes=8-99", "206 Partial Content", "bytes 8-9/10", "89")]
    [InlineData("bytes=-99", "206 Partial Content", "bytes 0-9/10", "0123456789")]
    [InlineData("bytes=10-", "416 Range Not Satisfiable", "bytes */10", "416 Range Not Satisfiable\n")]
    [InlineData("bytes=-0", "416 Range Not Satisfiable", "bytes */10", "416 Range Not Satisfiable\n")]
    [InlineData("bytes=4-2", "200 OK", null, "0123456789")]
    [InlineData("bytes=0-1,4-5", "200 OK", null, "0123456789")]
    [InlineData("lines=1-2", "200 OK", null, "0123456789")]
    public void A_range_gives_a_part_and_what_is_none_is_passed_over(string range, string status, string? contentRange, string body)
    {
        string answer = Get("/ten.txt", $"Range: {range}\r\n");
        answer.ShouldStartWith($"HTTP/1.1 {status}\r\n");
        if (contentRange is null) answer.ShouldNotContain("Content-Range");
        else answer.ShouldContain($"Content-Range: {contentRange}\r\n");
        BodyOf(answer).ShouldBe(body);
    }

    [Theory]
    [InlineData("/../secret", 400)]
    [InlineData("/a%20b/../../secret", 400)]
    [InlineData("/%2e%2e/secret", 400)]
    [InlineData("/..%2fsecret", 400)]
    [InlineData("/a%20b%2f..%2f..%2fsecret", 400)]
    [InlineData("/..\\secret", 400)]
    [InlineData("/%00", 400)]
    [InlineData("/%", 400)]
    [InlineData("/%4", 400)]
    [InlineData("/%zz", 400)]
    [InlineData("/%ff", 400)]
    [InlineData("/ten.txt#part", 400)]
    [InlineData("secret", 400)]
    [InlineData("/%252e%252e/secret", 404)]
    [InlineData("//secret", 404)]
    [InlineData("/link", 404)]
    [InlineData("/up/secret", 404)]
    [InlineData("/.hidden", 404)]
    [InlineData("/nothing", 404)]
    [InlineData("/ten.txt/", 404)]
    [InlineData("/ten.txt/more", 404)]
    [InlineData("/ten.txt?query=../x", 200)]
    [InlineData("http://any.host/ten.txt", 200)]
    [InlineData("http://any.host", 200)]
    [InlineData("/a%20b", 301)]
    public void No_target_leads_out_of_the_directory(string target, int status)
    {
        StatusOf(Get(target)).ShouldBe(status);
        StatusOf(Server.Talk($"PUT {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")).ShouldBeOneOf(201, 204, 400, 404, 409);
        File.ReadAllText(Path.Combine(_outside, "secret")).ShouldBe("secret");
        Directory.GetFileSystemEntries(_outside).Length.ShouldBe(2, "nothing was put outside");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)] // no Host
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET /\r\n\r\n", 400)]
    [InlineData("GET  HTTP/1.1\r\nHost: h\r\n\r\n", 400)]
    [InlineData("G@T / HTTP/1.1\r\nHost: h\r\n\r\n", 400)]
    [InlineData("GET / HTTP/x.y\r\nHost: h\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505)]
    [InlineData("GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: h", 400)] // ends too early
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nExpect: wonders\r\n\r\n", 417)]
    [InlineData("PUT /x HTTP/1.1\r\nHost: h\r\n\r\n", 411)]
    [InlineData("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400)]
    [InlineData("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    [InlineData("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Range: bytes 0-2/9\r\n\r\nabc", 400)]
    [InlineData("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab", 400)] // ends too early
    [InlineData("PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400)]
    [InlineData("PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n", 400)]
    [InlineData("PUT /missing/x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 409)]
    [InlineData("PUT /a%20b HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 409)]
    [InlineData("PUT /a%20b/ HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 409)]
    [InlineData("DELETE /ten.txt HTTP/1.1\r\nHost: h\r\n\r\n", 405)]
    [InlineData("OPTIONS / HTTP/1.1\r\nHost: h\r\n\r\n", 405)]
    public void What_is_no_request_for_this_server_is_refused_and_leaves_nothing(string request, int status)
    {
        StatusOf(Server.Talk(request)).ShouldBe(status);
        var withoutLinks = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        Directory.GetFiles(_root, "*", withoutLinks).Select(Path.GetFileName).ShouldBe(["large.bin", "ten.txt", "empty", ".hidden", "ü&.txt"], ignoreOrder: true);
    }

    [Fact]
    public void A_head_that_does_not_end_is_refused()
    {
        using Socket socket = Server.Connect();
        KernelServer.Send(socket, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: h\r\nX: " + new string('x', 20_000)));
        StatusOf(Encoding.ASCII.GetString(KernelServer.ReceiveAll(socket))).ShouldBe(431);
    }

    [Fact]
    public void Requests_that_come_together_are_answered_in_order()
    {
        string answers = Server.Talk(
            "\r\nGET /ten.txt HTTP/1.1\r\nHost: h\r\n\r\n"
            + "PUT /eleven.txt HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\n\r\nab\r\n7\r\ncdefghi\r\n0\r\nTrailer: x\r\n\r\n"
            + "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
            + "HEAD /ten.txt HTTP/1.1\r\nHost: h\r\n\r\n"
            + "GET /eleven.txt HTTP/1.0\n\n");
        answers.Split("HTTP/1.1 ")[1..].Select(static answer => answer[..3]).ShouldBe(["200", "201", "405", "200", "200"]);
        answers.ShouldEndWith("\r\n\r\n\r\nabcdefghi");
        answers.ShouldContain("Allow: GET, HEAD, PUT\r\n");
    }

    [Fact]
    public void A_client_that_waits_for_leave_gets_it()
    {
        using Socket socket = Server.Connect();
        KernelServer.Send(socket, "PUT /leave HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"u8);
        byte[] leave = new byte[25];
        socket.Receive(leave, MessageFlags.MSG_WAITALL).ShouldBe(25);
        Encoding.ASCII.GetString(leave).ShouldBe("HTTP/1.1 100 Continue\r\n\r\n");
        KernelServer.Send(socket, "hello"u8);
        StatusOf(Encoding.ASCII.GetString(KernelServer.ReceiveAll(socket))).ShouldBe(201);
        File.ReadAllText(Path.Combine(_root, "leave")).ShouldBe("hello");
    }

    [Fact]
    public void An_upload_never_writes_through_a_link()
    {
        StatusOf(Server.Talk("PUT /link HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3\r\n\r\nnew")).ShouldBe(204);
        File.ReadAllText(Path.Combine(_outside, "secret")).ShouldBe("secret");
        File.ReadAllText(Path.Combine(_root, "link")).ShouldBe("new", "the link itself was replaced");
    }

    [Fact]
    public void A_directory_that_is_only_to_be_read_takes_no_uploads()
    {
        using var server = new KernelServer(process => HttpServer.Of(process, new HttpDirectory(_root, isReadOnly: true)));
        string answer = server.Talk("PUT /new HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nnewGET /ten.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        StatusOf(answer).ShouldBe(405);
        answer.ShouldContain("Allow: GET, HEAD\r\n");
        answer.ShouldEndWith("0123456789");
        File.Exists(Path.Combine(_root, "new")).ShouldBeFalse();
    }

    [Fact]
    public void Two_hundred_downloads_go_on_at_once()
    {
        Socket[] clients = [.. Enumerable.Range(0, 200).Select(_ => Server.Connect())];
        foreach (Socket client in clients) KernelServer.Send(client, "GET /large.bin HTTP/1.1\r\nHost: h\r\nRange: bytes=100000-349999\r\nConnection: close\r\n\r\n"u8);
        byte[] expected = SHA256.HashData(_large.AsSpan(100_000, 250_000));
        foreach (Socket client in clients)
        {
            byte[] answer = KernelServer.ReceiveAll(client);
            SHA256.HashData(answer.AsSpan(answer.AsSpan().IndexOf("\r\n\r\n"u8) + 4)).ShouldBe(expected);
            client.Dispose();
        }
    }

    [Fact]
    public void A_directory_that_is_not_there_is_refused() =>
        Should.Throw<DirectoryNotFoundException>(() => new HttpDirectory(Path.Combine(_root, "nowhere"))).Message.ShouldContain("nowhere");

    private string Get(string target, string fields = "") => Server.Talk($"GET {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{fields}\r\n");

    private static int StatusOf(string answer) => int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), System.Globalization.CultureInfo.InvariantCulture);

    private static string BodyOf(string answer) => answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    private static string Curl(params string[] words)
    {
        (int exitCode, string output) = Tools.Run("curl", ["--silent", "--show-error", "--max-time", "60", .. words]);
        exitCode.ShouldBe(0, output);
        return output;
    }
}
