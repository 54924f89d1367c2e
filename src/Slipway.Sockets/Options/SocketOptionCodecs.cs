using System.Buffers.Binary;
using System.Text;

namespace Slipway.Sockets;

/// <summary>The forms that values of options have (setsockopt(2)).</summary>
internal static class SocketOptionCodecs
{
    public sealed class BooleanCodec : SocketOptionCodec<bool>
    {
        public override int MaxLength => 4;

        public override bool Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes) != 0;

        public override int Write(bool value, Span<byte> bytes)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value ? 1 : 0);
            return 4;
        }
    }

    public sealed class Int32Codec : SocketOptionCodec<int>
    {
        public override int MaxLength => 4;

        public override int Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes);

        public override int Write(int value, Span<byte> bytes)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            return 4;
        }
    }

    public sealed class UInt64Codec : SocketOptionCodec<ulong>
    {
        public override int MaxLength => 8;

        public override ulong Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

        public override int Write(ulong value, Span<byte> bytes)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
            return 8;
        }
    }

    public sealed class TimeSpanCodec : SocketOptionCodec<TimeSpan>
    {
        public override int MaxLength => 16;

        public override TimeSpan Read(ReadOnlySpan<byte> bytes)
        {
            long seconds = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            long microseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
            return seconds >= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond
                ? TimeSpan.MaxValue
                : new TimeSpan(seconds * TimeSpan.TicksPerSecond + microseconds * TimeSpan.TicksPerMicrosecond);
        }

        public override int Write(TimeSpan value, Span<byte> bytes)
        {
            // Rounded up: a shorter wait than asked for would be a surprise, and 0 would mean for ever.
            long microseconds = value.Ticks / TimeSpan.TicksPerMicrosecond + (value.Ticks % TimeSpan.TicksPerMicrosecond > 0 ? 1 : 0);
            (long seconds, long rest) = Math.DivRem(microseconds, 1_000_000);
            BinaryPrimitives.WriteInt64LittleEndian(bytes, rest < 0 ? seconds - 1 : seconds);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], rest < 0 ? rest + 1_000_000 : rest);
            return 16;
        }
    }

    public sealed class LingerCodec : SocketOptionCodec<LingerOption>
    {
        public override int MaxLength => 8;

        public override LingerOption Read(ReadOnlySpan<byte> bytes)
            => new(BinaryPrimitives.ReadInt32LittleEndian(bytes) != 0, BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]));

        public override int Write(LingerOption value, Span<byte> bytes)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value.IsOn ? 1 : 0);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], value.Seconds);
            return 8;
        }
    }

    public sealed class TextCodec(int maxLength) : SocketOptionCodec<string>
    {
        public override int MaxLength => maxLength;

        public override string Read(ReadOnlySpan<byte> bytes)
        {
            int end = bytes.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        }

        public override int Write(string value, Span<byte> bytes)
        {
            // A name that is too long is cut here as the kernel cuts it.
            Encoding.UTF8.GetEncoder().Convert(value, bytes, flush: true, out _, out int used, out _);
            return used;
        }
    }

    public sealed class IcmpFilterCodec : SocketOptionCodec<IcmpFilter>
    {
        public override int MaxLength => 4;

        public override IcmpFilter Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt32LittleEndian(bytes));

        public override int Write(IcmpFilter value, Span<byte> bytes)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value.Blocked);
            return 4;
        }
    }

    public sealed class Icmp6FilterCodec : SocketOptionCodec<Icmp6Filter>
    {
        public override int MaxLength => Icmp6Filter.Length;

        public override Icmp6Filter Read(ReadOnlySpan<byte> bytes) => Icmp6Filter.Read(bytes);

        public override int Write(Icmp6Filter value, Span<byte> bytes)
        {
            value.Write(bytes);
            return Icmp6Filter.Length;
        }
    }

    public sealed class BytesCodec(int maxLength) : SocketOptionCodec<byte[]>
    {
        public override int MaxLength => maxLength;

        public override byte[] Read(ReadOnlySpan<byte> bytes) => bytes.ToArray();

        public override int Write(byte[] value, Span<byte> bytes)
        {
            value.CopyTo(bytes);
            return value.Length;
        }
    }
}
