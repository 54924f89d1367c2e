using Slipway.Linux;
using Slipway.Linux.Tests;

// The test assembly is also the program that isolated tests run in: it plays one role and ends. Otherwise the test host loads it and this Main never runs.
if (IsolatedProcess.TryRunRole(args, IsolatedRoles.Play, out int exitCode)) return exitCode;
if (Peer.TryPlay(args)) return 0;
if (Slipway.Linux.Tests.Processes.ChildRoles.TryPlay(args, out exitCode)) return exitCode;
Console.Error.WriteLine("This is a test assembly: run it with 'dotnet test'.");
return 2;
