using System.Collections.Immutable;
using System.Security.Cryptography;
using Orleans;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>What a silo shows where only silos are heard: made from the key that only they have. Orleans does not tell whom a call comes
/// from: a client writes its sender's id itself, and no gateway looks at it.</summary>
/// <remarks>Immutable; safe for any number of threads. Goes from silo to silo alone, never to a worker.</remarks>
[GenerateSerializer, Immutable, Alias("tc.silo-pass")]
internal sealed class SiloPass
{
    private const int Length = 32;

    /// <summary>The proof.</summary>
    [Id(0)] public required ImmutableArray<byte> Proof { get; init; }

    /// <summary>The pass of the silos that have that key; the key cannot be found from it.</summary>
    public static SiloPass From(byte[] key) =>
        new() { Proof = [.. HKDF.DeriveKey(HashAlgorithmName.SHA256, key, Length, info: "taskercore.silo-pass"u8.ToArray())] };

    /// <summary>Whether it is the same; in a time that tells nothing.</summary>
    public bool Matches(SiloPass? shown) => shown is not null && CryptographicOperations.FixedTimeEquals(Proof.AsSpan(), shown.Proof.AsSpan());
}
