using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Cli;

/// <summary>The addresses that this machine's interfaces have.</summary>
internal static class MachineAddresses
{
    /// <summary>Refuses addresses that the machine has already: two ends with one address would never reach each other.</summary>
    /// <exception cref="CommandException">An address is taken; the message says where.</exception>
    public static void RequireFree(UpSettings settings)
    {
        foreach (NetworkInterfaceInfo candidate in LinuxSystem.Current.GetInterfaces())
        {
            foreach (IpAddress taken in Addresses(candidate))
            {
                bool isOwn = settings.Addresses.Any(prefix => prefix.Address == taken);
                // A device that was there before may have the kernel's address already.
                bool isPeer = candidate.Name != settings.Device && settings.Peers.Any(prefix => prefix.Address == taken);
                if (isOwn || isPeer) throw CommandException.Failed($"the address {taken} is taken: {candidate.Name} of this machine has it");
            }
        }
    }

    /// <summary>Whether an interface of the machine has the address.</summary>
    public static bool IsOn(string device, IpAddress address) => LinuxSystem.Current.GetInterfaces()
        .Where(candidate => candidate.Name == device)
        .SelectMany(Addresses)
        .Contains(address);

    private static IEnumerable<IpAddress> Addresses(NetworkInterfaceInfo candidate) =>
        candidate.Addresses.Select(static address => Convert(address.Address));

    private static IpAddress Convert(InetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.WriteAddress(bytes);
        return address.Family == AddressFamily.Inet ? IpAddress.ReadIPv4(bytes) : IpAddress.ReadIPv6(bytes);
    }
}
