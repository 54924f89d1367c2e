using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Lab;

/// <summary>A host of a <see cref="VirtualNetwork"/>: a network stack, files, and the processes that run on it. A router is a host that forwards.</summary>
public sealed partial class Host : NetworkNode
{
    internal Host(VirtualNetwork network, string name, IEnumerable<IpPrefix> addresses) : base(network, name)
    {
        Files = new VirtualFiles(this);
        // The name decides the stream, so one more host leaves the others' numbers as they were.
        Stack = new StackHost(network.Loop, name, network.Random.Derive("host/" + name));
        foreach (IpPrefix address in addresses) _addresses.Add(new PlannedAddress(address));
    }

    /// <summary>The files that programs on this host read: /etc/hosts, /etc/services …</summary>
    public VirtualFiles Files { get; }

    internal ProcessTable Processes { get; } = new();

    /// <summary>Starts a program in the plain blocking style. It runs when the network runs.</summary>
    /// <param name="name">The program's name: argv[0].</param>
    /// <param name="program">What it does; the process ends with it.</param>
    /// <param name="arguments">The arguments after the name.</param>
    public LabProcess Start(string name, Action<HostProcess> program, params IReadOnlyList<string> arguments)
        => Start(name, program, new StartOptions { Arguments = arguments });

    /// <summary>Starts an async program. Its continuations run on the lab's thread for it, one after the other, in the order of their causes.</summary>
    /// <param name="name">The program's name: argv[0].</param>
    /// <param name="program">What it does; the process ends with the task.</param>
    /// <param name="arguments">The arguments after the name.</param>
    public LabProcess Start(string name, Func<HostProcess, Task> program, params IReadOnlyList<string> arguments)
        => Start(name, program, new StartOptions { Arguments = arguments });

    /// <summary>Starts a program in the plain blocking style.</summary>
    public LabProcess Start(string name, Action<HostProcess> program, StartOptions options)
    {
        ArgumentNullException.ThrowIfNull(program);
        return Launch(name, parent: null, options, program);
    }

    /// <summary>Starts an async program.</summary>
    public LabProcess Start(string name, Func<HostProcess, Task> program, StartOptions options)
    {
        ArgumentNullException.ThrowIfNull(program);
        return Launch(name, parent: null, options, process => process.RunAsync(program));
    }

    internal LabProcess Launch(string name, LabProcess? parent, StartOptions options, Action<LabProcess> body)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(options);
        using (Network.Loop.Enter())
        {
            var process = new LabProcess(this, name, Network.NextProcessId(), parent, options);
            Processes.Add(process);
            Network.Started(process);
            process.Begin(body, options.StartTime);
            return process;
        }
    }
}
