namespace Slipway.Bench;

/// <summary>Something that can be done over and over on one system.</summary>
internal interface IWorkload : IDisposable
{
    /// <summary>Does it so many times.</summary>
    void Run(int operations);
}
