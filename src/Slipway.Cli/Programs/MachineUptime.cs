using System.Text;
using Slipway.Linux;
using Slipway.Samples;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>uptime of the machine: /usr/bin/uptime in a child process of the kernel.</summary>
internal sealed class MachineUptime : UptimeCommand
{
    private const int StandardInput = 0, StandardOutput = 1, StandardError = 2, BufferLength = 128;

    private readonly string _path;

    /// <param name="path">The program.</param>
    public MachineUptime(string path = "/usr/bin/uptime") => _path = path;

    /// <inheritdoc/>
    public override IEnumerable<string> ReadLines(HostProcess process)
    {
        string output;
        try
        {
            using var pipe = Pipe.Create();
            var command = new ProcessCommand(_path)
            {
                Descriptors = [ChildDescriptor.Inherit(StandardInput), ChildDescriptor.Copy(pipe.Writer, StandardOutput), ChildDescriptor.Inherit(StandardError)],
            };
            using SpawnedProcess child = command.Start();
            pipe.Writer.Dispose(); // else the end of the output would never be seen
            output = ReadAll(pipe.Reader);
            child.WaitForExit();
        }
        catch (LinuxCallException failure)
        {
            throw new IOException(failure.Errno.Describe(), failure);
        }
        return Lines(output);
    }

    /// <inheritdoc/>
    public override Errno RunOn(HostProcess process, Socket client)
    {
        var command = new ProcessCommand(_path)
        {
            Descriptors =
            [
                ChildDescriptor.Inherit(StandardInput), ChildDescriptor.Copy(client.Descriptor, StandardOutput), ChildDescriptor.Copy(client.Descriptor, StandardError),
            ],
        };
        try
        {
            using SpawnedProcess child = command.Start();
            client.Dispose();
            child.WaitForExit();
            return Errno.None;
        }
        catch (LinuxCallException failure)
        {
            return failure.Errno;
        }
    }

    private static string ReadAll(FileDescriptor reader)
    {
        var text = new StringBuilder();
        Span<byte> buffer = stackalloc byte[BufferLength];
        Span<char> characters = stackalloc char[BufferLength];
        Decoder decoder = Encoding.UTF8.GetDecoder();
        for (int length; (length = reader.Read(buffer)) > 0;)
            text.Append(characters[..decoder.GetChars(buffer[..length], characters, flush: false)]);
        return text.ToString();
    }

    private static IEnumerable<string> Lines(string text)
    {
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start);
            int next = end < 0 ? text.Length : end + 1;
            yield return text[start..next];
            start = next;
        }
    }
}
