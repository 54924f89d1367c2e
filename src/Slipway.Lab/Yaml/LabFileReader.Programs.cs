namespace Slipway.Lab;

/// <content>Programs.</content>
internal sealed partial class LabFileReader
{
    private void ReadPrograms(Dictionary<string, LabNode> keys)
    {
        if (!keys.TryGetValue("programs", out LabNode? section)) return;
        foreach (LabNode item in Items(section, "a list of programs"))
        {
            Dictionary<string, LabNode> parts = Keys(item, "a program", ["host", "run", "start", "environment", "user"]);
            if (item is not LabMapping) continue;
            string? host = ReadProgramHost(item, parts);
            string[]? command = ReadCommand(item, parts);
            TimeSpan start = parts.TryGetValue("start", out LabNode? startNode) ? Duration(startNode) ?? default : default;
            int user = parts.TryGetValue("user", out LabNode? userNode) ? Number(userNode, 0, int.MaxValue) ?? 0 : 0;
            List<KeyValuePair<string, string>> environment = parts.TryGetValue("environment", out LabNode? variables) ? ReadEnvironment(variables) : [];
            if (host is null || command is null) continue;
            _lab.Programs.Add(new ProgramDefinition(host, command[0], new StartOptions { Arguments = command[1..], Environment = environment, StartTime = start, UserId = user }));
        }
    }

    private List<KeyValuePair<string, string>> ReadEnvironment(LabNode node)
    {
        var environment = new List<KeyValuePair<string, string>>();
        foreach ((LabScalar name, LabNode value) in Named(node, "values by the names of variables"))
        {
            if (environment.Exists(variable => variable.Key == name.Text)) Note(name, $"the variable '{name.Text}' is given twice");
            else if (Text(value, "a value", mayBeEmpty: true) is { } text) environment.Add(new(name.Text, text));
        }
        return environment;
    }

    private string? ReadProgramHost(LabNode program, Dictionary<string, LabNode> parts)
    {
        if (!parts.TryGetValue("host", out LabNode? node))
        {
            Note(program, "the program has no host; allowed: host: NAME");
            return null;
        }
        if (Text(node, "the name of a host") is not { } name) return null;
        if (_lab.FindHost(name) is not null) return name;
        Note(node, $"there is no host '{name}'; there are: {List(_lab.Hosts.Select(static host => host.Name))}");
        return null;
    }

    /// <summary>One line of words, or a list of them where a word has spaces.</summary>
    private string[]? ReadCommand(LabNode program, Dictionary<string, LabNode> parts)
    {
        const string Form = "a command such as 'ruptime --dgram server'";
        if (!parts.TryGetValue("run", out LabNode? node))
        {
            Note(program, $"the program has no 'run'; allowed: {Form}");
            return null;
        }
        string[] words = node is LabSequence list ? [.. list.Items.Select(item => Text(item, "a word", mayBeEmpty: true) ?? "")] : Words(Text(node, Form) ?? "");
        if (words.Length > 0 && programNames.Contains(words[0], StringComparer.Ordinal)) return words;
        if (words.Length > 0) Note(node, $"there is no program '{words[0]}'; there are: {List(programNames.Order(StringComparer.Ordinal))}");
        else if (node is LabSequence) Note(node, $"the command is empty; allowed: {Form}");
        return null;
    }
}
