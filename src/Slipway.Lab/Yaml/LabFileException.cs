namespace Slipway.Lab;

/// <summary>A lab file is wrong. All its problems are told, each with its place; nothing of the file was accepted.</summary>
public sealed class LabFileException : Exception
{
    /// <summary>Makes the exception.</summary>
    public LabFileException()
    {
    }

    /// <summary>Makes the exception.</summary>
    public LabFileException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    public LabFileException(string message, Exception innerException) : base(message, innerException)
    {
    }

    internal LabFileException(string file, IReadOnlyList<LabFileProblem> problems) : base(string.Join('\n', problems.Select(problem => $"{file}:{problem}"))) => Problems = problems;

    /// <summary>The problems, in the order of their places.</summary>
    public IReadOnlyList<LabFileProblem> Problems { get; } = [];
}
