using Slipway.Stack;

namespace Slipway.Lab;

/// <content>How routers ask who listens to groups.</content>
internal sealed partial class LabFileReader
{
    /// <summary><c>true</c>, <c>false</c>, or how.</summary>
    private QuerierSettings? ReadQuerier(LabNode node)
    {
        if (node is LabScalar scalar)
        {
            if (scalar.Text is not ("true" or "false")) Note(node, $"'{scalar.Text}' is not allowed here; allowed: true, false, or igmp, mld, interval, response, robustness with values");
            return scalar.Text == "true" ? new QuerierSettings() : null;
        }
        Dictionary<string, LabNode> parts = Keys(node, "a querier", ["igmp", "mld", "interval", "response", "robustness"]);
        var settings = new QuerierSettings();
        foreach ((string key, LabNode value) in parts)
        {
            settings = key switch
            {
                "igmp" => Number(value, 0, 3) is { } version ? settings with { IgmpVersion = version } : settings,
                "mld" => Number(value, 0, 2) is { } version ? settings with { MldVersion = version } : settings,
                "interval" => Duration(value) is { } interval ? settings with { Interval = interval } : settings,
                "response" => Duration(value) is { } response ? settings with { Response = response } : settings,
                _ => Number(value, 1, 7) is { } robustness ? settings with { Robustness = robustness } : settings,
            };
        }
        if (settings.Response > TimeSpan.Zero && settings.Interval > settings.Response) return settings;
        Note(node, "a querier's interval must be longer than its response time, and that more than 0");
        return null;
    }
}
