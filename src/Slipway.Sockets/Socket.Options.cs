namespace Slipway.Sockets;

/// <summary>Options by their typed names.</summary>
public sealed partial class Socket
{
    private const int MaxOnStack = 256;

    /// <summary>getsockopt(2).</summary>
    /// <exception cref="SocketCallException">ENOPROTOOPT for an option that this socket has not, and what the option's manual page says.</exception>
    public T GetOption<T>(SocketOption<T> option)
    {
        ArgumentNullException.ThrowIfNull(option);
        int longest = option.Codec.MaxLength;
        Span<byte> value = longest <= MaxOnStack ? stackalloc byte[MaxOnStack] : new byte[longest];
        value = value[..longest];
        int length = value.Length;
        Errno error = _system.GetSockOpt(_descriptor, option.Definition.Level, option.Definition.Number, value, ref length);
        return error == Errno.None ? option.Codec.Read(value[..length]) : throw Failure(error, $"getsockopt({option})");
    }

    /// <summary>Signs segments to a peer, and believes only signed ones from it, from now on (TCP_MD5SIG, TCP_MD5SIG_EXT). A listener's connections have its key of their peer.</summary>
    /// <exception cref="ArgumentException">The key is longer than 80 bytes.</exception>
    /// <exception cref="SocketCallException">
    /// EINVAL: the peer is of another family, or the prefix too long. ENOENT: there is no key to be taken away. ENOMEM: too many (net.core.optmem_max). ENOPROTOOPT: the kernel was built without.
    /// </exception>
    public void SetSignatureKey(SignatureKey key)
    {
        int name = key.IsExtended ? SocketOptionName.TCP_MD5SIG_EXT : SocketOptionName.TCP_MD5SIG;
        Errno error = _system.SetSockOpt(_descriptor, SocketLevel.IPPROTO_TCP, name, key.ToBytes());
        if (error != Errno.None) throw Failure(error, $"setsockopt({(key.IsExtended ? nameof(SocketOptionName.TCP_MD5SIG_EXT) : nameof(SocketOptionName.TCP_MD5SIG))})");
    }

    /// <summary>setsockopt(2).</summary>
    /// <exception cref="ArgumentException">A block of bytes is longer than the option's longest value.</exception>
    /// <exception cref="SocketCallException">ENOPROTOOPT for an option that this socket has not or that is only read, and what the option's manual page says.</exception>
    public void SetOption<T>(SocketOption<T> option, T value)
    {
        ArgumentNullException.ThrowIfNull(option);
        int longest = option.Codec.MaxLength;
        Span<byte> bytes = longest <= MaxOnStack ? stackalloc byte[MaxOnStack] : new byte[longest];
        int length = option.Codec.Write(value, bytes[..longest]);
        Errno error = _system.SetSockOpt(_descriptor, option.Definition.Level, option.Definition.Number, bytes[..length]);
        if (error != Errno.None) throw Failure(error, $"setsockopt({option}, {value})");
    }
}
