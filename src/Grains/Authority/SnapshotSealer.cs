using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace TaskerCore.Orleans.Grains.Authority;

/// <summary>Seals what an authority issued, so that a later authority takes a worker's copy for what it is (C7): HMAC-SHA256 over
/// everything that would be adopted, under a key that only silos have.</summary>
/// <remarks>Immutable; safe to use from any number of threads.</remarks>
internal sealed class SnapshotSealer
{
    /// <summary>The least length of a key, in bytes.</summary>
    public const int MinKeyLength = 16;

    private readonly byte[] _key;

    /// <summary>A sealer with the cluster's key.</summary>
    /// <param name="key">At least <see cref="MinKeyLength"/> bytes; the same on every silo of the cluster.</param>
    /// <exception cref="ArgumentException">The key is too short.</exception>
    public SnapshotSealer(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length < MinKeyLength)
        {
            throw new ArgumentException($"The snapshot key has {key.Length} bytes; at least {MinKeyLength} are needed.", nameof(key));
        }

        _key = [.. key];
    }

    /// <summary>The snapshot with its seal. The initial generation needs none: nobody adopts it.</summary>
    internal BreakerSnapshot Seal(BreakerSnapshot snapshot) =>
        snapshot.Generation == Generation.Initial ? snapshot : snapshot with { Seal = Compute(snapshot) };

    /// <summary>Whether an authority of this cluster issued what the snapshot says.</summary>
    internal bool IsValid(BreakerSnapshot snapshot) =>
        !snapshot.Seal.IsDefaultOrEmpty && CryptographicOperations.FixedTimeEquals(snapshot.Seal.AsSpan(), Compute(snapshot).AsSpan());

    /// <summary>Counts, settings and revision are not sealed: they are not adopted. The time that remains is not either: it is the
    /// worker's to say (C10), and only ever shortens.</summary>
    private ImmutableArray<byte> Compute(BreakerSnapshot snapshot)
    {
        using var buffer = new MemoryStream(512);
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write((byte)1);
            writer.Write(snapshot.Component);
            writer.Write((byte)snapshot.State);
            Write(writer, snapshot.Generation);
            writer.Write(snapshot.CommandNumber);
            writer.Write(snapshot.Hold is not null);
            if (snapshot.Hold is { } hold)
            {
                writer.Write(hold.Ttl.Ticks);
                writer.Write(hold.UntilUtc.UtcTicks);
            }

            writer.Write(snapshot.Lineage.Floor);
            writer.Write(snapshot.Lineage.Tips.Length);
            foreach (var tip in snapshot.Lineage.Tips)
            {
                Write(writer, tip);
            }

            writer.Write(snapshot.LastTransition is not null);
            if (snapshot.LastTransition is { } last)
            {
                writer.Write((byte)last.From);
                writer.Write((byte)last.To);
                Write(writer, last.Generation);
                writer.Write(last.At.UtcTicks);
                writer.Write((byte)last.Cause);
                Write(writer, last.Worker);
                Write(writer, last.Actor);
                Write(writer, last.Reason);
            }

            if (snapshot.IsolatedWorker is not null)
            {
                Write(writer, snapshot.IsolatedWorker);
                writer.Write(snapshot.IsolatedKey);
            }
        }

        return [.. HMACSHA256.HashData(_key, buffer.GetBuffer().AsSpan(0, (int)buffer.Length))];
    }

    private static void Write(BinaryWriter writer, Generation generation)
    {
        writer.Write(generation.Number);
        writer.Write(generation.Incarnation.ToByteArray());
    }

    private static void Write(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        writer.Write(text ?? string.Empty);
    }
}
