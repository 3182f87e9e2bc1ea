using System.Collections.Immutable;
using System.Security.Cryptography;
using Orleans;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>The proof that a call comes from a silo, derived from the key that only silos have. Orleans does not authenticate callers: a client
/// writes its sender's id itself, and no gateway checks it.</summary>
/// <remarks>Immutable and thread-safe. Sent between silos only, never to a worker.</remarks>
[GenerateSerializer, Immutable, Alias("tc.silo-pass")]
internal sealed class SiloPass
{
    private const int Length = 32;

    /// <summary>The proof.</summary>
    [Id(0)] public required ImmutableArray<byte> Proof { get; init; }

    /// <summary>Derives the pass of the silos with that key; the key cannot be derived from it.</summary>
    public static SiloPass From(byte[] key) =>
        new() { Proof = [.. HKDF.DeriveKey(HashAlgorithmName.SHA256, key, Length, info: "taskercore.silo-pass"u8.ToArray())] };

    /// <summary>Returns whether the pass is the same, in constant time.</summary>
    public bool Matches(SiloPass? shown) => shown is not null && CryptographicOperations.FixedTimeEquals(Proof.AsSpan(), shown.Proof.AsSpan());
}
