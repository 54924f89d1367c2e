using System.Security.Cryptography;

namespace Slipway.Linux.Tests;

/// <summary>Pipes between programs, with much data.</summary>
[Collection(IpcGroup.Name)]
public sealed class PipelineTests
{
    [Fact]
    [Trait("Row", "P-071")]
    [Trait("Row", "P-079")]
    public void A_gibibyte_comes_whole_through_three_programs()
    {
        const int Block = 1 << 18, Blocks = 1 << 12; // 1 GiB
        Pipe[] pipes = [.. Enumerable.Range(0, 4).Select(static _ => Pipe.Create())];
        foreach (Pipe pipe in pipes) pipe.Writer.SetPipeCapacity(Block);
        SpawnedProcess[] programs = [.. Enumerable.Range(0, 3).Select(i => new ProcessCommand("cat")
        {
            Descriptors = [ChildDescriptor.Copy(pipes[i].Reader, 0), ChildDescriptor.Copy(pipes[i + 1].Writer, 1)],
        }.Start())];
        // Each program has its own copies now; the ends that stay here would keep the next one from seeing the end.
        for (int i = 0; i < 3; i++)
        {
            pipes[i].Reader.Dispose();
            pipes[i + 1].Writer.Dispose();
        }
        byte[] sent = [];
        var writer = new Thread(() => sent = WriteAll(pipes[0].Writer, Block, Blocks));
        writer.Start();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] room = new byte[Block];
        long total = 0;
        for (int count; (count = pipes[3].Reader.Read(room)) > 0; total += count) hash.AppendData(room, 0, count);
        writer.Join();
        total.ShouldBe((long)Block * Blocks);
        Convert.ToHexString(hash.GetHashAndReset()).ShouldBe(Convert.ToHexString(sent));
        foreach (SpawnedProcess program in programs) program.WaitForExit().ShellCode.ShouldBe(0);
        foreach (SpawnedProcess program in programs) program.Dispose();
        foreach (Pipe pipe in pipes) pipe.Dispose();
    }

    /// <summary>Blocks that differ from each other, and then the end.</summary>
    private static byte[] WriteAll(FileDescriptor target, int block, int blocks)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] data = new byte[block];
        new Random(5).NextBytes(data);
        for (int i = 0; i < blocks; i++)
        {
            BitConverter.TryWriteBytes(data.AsSpan(i % (block / sizeof(int)) * sizeof(int)), i);
            hash.AppendData(data);
            target.Write(data).ShouldBe(block);
        }
        target.Dispose();
        return hash.GetHashAndReset();
    }
}
