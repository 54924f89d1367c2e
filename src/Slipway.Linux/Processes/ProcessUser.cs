namespace Slipway.Linux;

/// <summary>Who a child is to be: real, effective and saved ids alike, so that it cannot become anybody else again (credentials(7)).</summary>
/// <param name="User">The user id.</param>
/// <param name="Group">The group id.</param>
public sealed record ProcessUser(int User, int Group)
{
    /// <summary>All its supplementary groups: unless said otherwise none; null leaves those of the calling thread, which needs no right.</summary>
    public IReadOnlyList<int>? Groups { get; init; } = [];
}
