namespace Slipway.Samples;

/// <summary>The head of a request, understood.</summary>
internal sealed record HttpRequest
{
    /// <summary>The method, in capitals as it came.</summary>
    public required string Method { get; init; }

    /// <summary>The names on the way from the root of the server, decoded: each is the name of one file or directory and cannot be any other path.</summary>
    public required IReadOnlyList<string> Segments { get; init; }

    /// <summary>Whether the path ends with a slash: it means a directory.</summary>
    public required bool IsDirectory { get; init; }

    /// <summary>Whether the connection is to go on after the answer.</summary>
    public required bool KeepsAlive { get; init; }

    /// <summary>Bytes of the body; null if there is no body, or its length is not known in advance.</summary>
    public required long? ContentLength { get; init; }

    /// <summary>Whether the body comes in chunks.</summary>
    public required bool IsChunked { get; init; }

    /// <summary>Whether the client waits for leave to send the body.</summary>
    public required bool ExpectsContinue { get; init; }

    /// <summary>Whether the body would be a part of a file.</summary>
    public required bool HasContentRange { get; init; }

    /// <summary>The Range field, where it is to be heeded; null otherwise.</summary>
    public required string? Range { get; init; }

    /// <summary>Whether a body follows.</summary>
    public bool HasBody => IsChunked || ContentLength > 0;
}
