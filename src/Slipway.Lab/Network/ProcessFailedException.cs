using System.Globalization;

namespace Slipway.Lab;

/// <summary>An exception that no code of a virtual process caught. It is the inner exception; the process has ended as by SIGABRT.</summary>
public sealed class ProcessFailedException : Exception
{
    /// <summary>Makes the exception.</summary>
    public ProcessFailedException()
    {
    }

    /// <summary>Makes the exception.</summary>
    public ProcessFailedException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    public ProcessFailedException(string message, Exception innerException) : base(message, innerException)
    {
    }

    internal ProcessFailedException(LabProcess process, Exception failure, TimeSpan time)
        : base(string.Create(CultureInfo.InvariantCulture, $"Process {process} failed at {time.TotalSeconds:0.######} s: {failure.GetType().Name}: {failure.Message}"), failure)
        => Process = process;

    /// <summary>The process.</summary>
    public LabProcess? Process { get; }
}
