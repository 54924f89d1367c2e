using Slipway.Lab;

namespace Slipway.Cli;

/// <summary>A link by the name of one or both of its ends, and the file for its packets.</summary>
/// <param name="Link"><c>client.eth0-server.eth0</c>, or <c>client.eth0</c>.</param>
/// <param name="Path">The file.</param>
internal sealed record LinkCapture(string Link, string Path)
{
    /// <summary>The link of that name.</summary>
    /// <exception cref="CommandException">There is none; the message lists those that are there.</exception>
    public LabLink FindIn(VirtualNetwork network) =>
        network.Links.FirstOrDefault(link => link.Name == Link || link.A.FullName == Link || link.B.FullName == Link)
        ?? throw CommandException.WrongWords($"'{Link}' is no link of this network: there are {string.Join(", ", network.Links)}");
}
