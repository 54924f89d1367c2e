namespace Slipway.Samples;

/// <summary>The status codes that the server uses (RFC 9110 section 15, RFC 6585 section 5).</summary>
internal enum HttpStatus
{
    Ok = 200,
    Created = 201,
    NoContent = 204,
    PartialContent = 206,
    MovedPermanently = 301,
    BadRequest = 400,
    Forbidden = 403,
    NotFound = 404,
    MethodNotAllowed = 405,
    Conflict = 409,
    LengthRequired = 411,
    RangeNotSatisfiable = 416,
    ExpectationFailed = 417,
    RequestHeaderFieldsTooLarge = 431,
    InternalServerError = 500,
    NotImplemented = 501,
    HttpVersionNotSupported = 505,
    InsufficientStorage = 507,
}

/// <summary>Status codes in words.</summary>
internal static class HttpStatusText
{
    /// <summary>The reason phrase.</summary>
    public static string Reason(this HttpStatus status) => status switch
    {
        HttpStatus.Ok => "OK",
        HttpStatus.Created => "Created",
        HttpStatus.NoContent => "No Content",
        HttpStatus.PartialContent => "Partial Content",
        HttpStatus.MovedPermanently => "Moved Permanently",
        HttpStatus.BadRequest => "Bad Request",
        HttpStatus.Forbidden => "Forbidden",
        HttpStatus.NotFound => "Not Found",
        HttpStatus.MethodNotAllowed => "Method Not Allowed",
        HttpStatus.Conflict => "Conflict",
        HttpStatus.LengthRequired => "Length Required",
        HttpStatus.RangeNotSatisfiable => "Range Not Satisfiable",
        HttpStatus.ExpectationFailed => "Expectation Failed",
        HttpStatus.RequestHeaderFieldsTooLarge => "Request Header Fields Too Large",
        HttpStatus.InternalServerError => "Internal Server Error",
        HttpStatus.NotImplemented => "Not Implemented",
        HttpStatus.HttpVersionNotSupported => "HTTP Version Not Supported",
        HttpStatus.InsufficientStorage => "Insufficient Storage",
        _ => "",
    };
}
