using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>The worker that reports or requests a permit.</summary>
/// <param name="Session">The run of the worker's process: its own order of outcomes is kept by it (S2 a).</param>
/// <param name="Name">The worker's name, for the history.</param>
internal readonly record struct Reporter(Guid Session, string Name)
{
    /// <summary>The session's key: identifies the session to parties that must not know its id, which allows reports under it.</summary>
    public long Key
    {
        get
        {
            Span<byte> id = stackalloc byte[16];
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            Session.TryWriteBytes(id);
            SHA256.HashData(id, hash);
            return BinaryPrimitives.ReadInt64LittleEndian(hash);
        }
    }

    /// <summary>The worker as it is remembered.</summary>
    public KnownWorker Known => new(Name, Key);
}

/// <summary>A worker that is remembered beyond a report.</summary>
/// <param name="Name">The worker's name.</param>
/// <param name="Key">The key of its session.</param>
internal sealed record KnownWorker(string Name, long Key)
{
    public bool Is(Reporter reporter) => reporter.Key == Key;
}
