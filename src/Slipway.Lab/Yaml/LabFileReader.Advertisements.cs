using System.Globalization;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Lab;

/// <content>What routers advertise.</content>
internal sealed partial class LabFileReader
{
    private static readonly string[] AdvertisementKeys = ["dev", "interval", "lifetime", "preference", "hop-limit", "mtu", "prefixes", "valid", "preferred"];

    /// <summary><c>true</c> for all interfaces, the name of one, or a mapping with more; one or a list.</summary>
    private void ReadAdvertisements(HostDefinition host, LabNode node)
    {
        foreach (LabNode item in OneOrMore(node))
        {
            if (item is not LabMapping)
            {
                if (Text(item, "true, the name of an interface, or a mapping") is not { } name || name == "false") continue;
                host.Advertisements.Add(new(name == "true" ? "" : name, new RouterAdvertisementSettings()));
                continue;
            }
            Dictionary<string, LabNode> parts = Keys(item, "an advertisement", AdvertisementKeys);
            string device = parts.TryGetValue("dev", out LabNode? dev) ? Text(dev, "the name of an interface") ?? "" : "";
            RouterAdvertisementSettings settings = ReadAdvertisement(parts);
            try
            {
                settings.Check();
                host.Advertisements.Add(new(device, settings));
            }
            catch (ArgumentException problem)
            {
                Note(item, problem.Message);
            }
        }
    }

    private RouterAdvertisementSettings ReadAdvertisement(Dictionary<string, LabNode> parts)
    {
        var settings = new RouterAdvertisementSettings();
        if (parts.TryGetValue("interval", out LabNode? interval)) settings = settings with { MaxInterval = Duration(interval) ?? settings.MaxInterval };
        if (parts.TryGetValue("lifetime", out LabNode? lifetime)) settings = settings with { RouterLifetime = Duration(lifetime) };
        if (parts.TryGetValue("preference", out LabNode? preference)) settings = settings with { Preference = OneOf(preference, ["high", "medium", "low"]) switch { "high" => 1, "low" => -1, _ => 0 } };
        if (parts.TryGetValue("hop-limit", out LabNode? hopLimit)) settings = settings with { HopLimit = (byte)(Number(hopLimit, 0, byte.MaxValue) ?? 0) };
        if (parts.TryGetValue("mtu", out LabNode? mtu)) settings = settings with { Mtu = Number(mtu, IPv6Conf.MinMtu, LinkDevice.MaxMtu) ?? 0 };
        if (parts.TryGetValue("valid", out LabNode? valid)) settings = settings with { ValidLifetime = Duration(valid) ?? settings.ValidLifetime };
        if (parts.TryGetValue("preferred", out LabNode? preferred)) settings = settings with { PreferredLifetime = Duration(preferred) ?? settings.PreferredLifetime };
        if (!parts.TryGetValue("prefixes", out LabNode? prefixes)) return settings;
        return settings with { Prefixes = [.. ReadPrefixes(prefixes).Select(prefix => new AdvertisedPrefix(prefix) { ValidLifetime = settings.ValidLifetime, PreferredLifetime = settings.PreferredLifetime })] };
    }

    private List<IpPrefix> ReadPrefixes(LabNode node)
    {
        const string Form = "a prefix such as fd00:1::/64";
        var found = new List<IpPrefix>();
        foreach (LabNode item in OneOrMore(node))
        {
            if (Text(item, Form) is not { } text) continue;
            if (IpPrefix.TryParse(text, out IpPrefix prefix) && prefix.Address.IsIPv6) found.Add(prefix.Network);
            else Note(item, string.Create(CultureInfo.InvariantCulture, $"'{text}' is no prefix; allowed: {Form}"));
        }
        return found;
    }
}
