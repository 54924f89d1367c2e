using Slipway.Linux;

namespace Slipway.Bench;

/// <summary>Moves blocks of 64 KiB through a pipe, from this thread to another.</summary>
internal sealed class PipeBlocks : IWorkload
{
    public const int Block = 65536;

    private readonly Pipe _pipe = Pipe.Create();
    private readonly byte[] _out = new byte[Block], _in = new byte[Block];
    private readonly SemaphoreSlim _begin = new(0), _done = new(0);
    private readonly Thread _reader;
    private long _wanted;
    private volatile bool _ended;

    public PipeBlocks()
    {
        _reader = new Thread(ReadAll) { IsBackground = true, Name = "pipe reader" };
        _reader.Start();
    }

    public void Run(int operations)
    {
        _wanted = (long)operations * Block;
        _begin.Release();
        for (long left = _wanted; left > 0;) left -= _pipe.Writer.Write(_out.AsSpan(0, (int)Math.Min(left, Block)));
        _done.Wait();
    }

    public void Dispose()
    {
        _ended = true;
        _begin.Release();
        _reader.Join();
        _pipe.Dispose();
        _begin.Dispose();
        _done.Dispose();
    }

    private void ReadAll()
    {
        while (true)
        {
            _begin.Wait();
            if (_ended) return;
            for (long left = _wanted; left > 0;) left -= _pipe.Reader.Read(_in);
            _done.Release();
        }
    }
}
