using System.Collections.Immutable;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using Orleans;
using TaskerCore.Orleans.Grains.Interfaces.Machine;

namespace TaskerCore.Orleans;

/// <summary>What an authority says of its breaker: all that a worker needs to decide alone (C2), and all that a new authority
/// needs to go on from a worker's copy (C7).</summary>
/// <remarks>Immutable and safe to share between threads. In JSON, what only the protocol needs is left out.</remarks>
[GenerateSerializer, Immutable, Alias("tc.snapshot")]
public sealed record BreakerSnapshot
{
    /// <summary>The component that the breaker guards.</summary>
    [Id(0)] public required string Component { get; init; }

    /// <summary>The state.</summary>
    [Id(1)] public BreakerState State { get; init; }

    /// <summary>The generation: one stay in a state.</summary>
    [Id(2)] public Generation Generation { get; init; }

    /// <summary>Rises inside a generation, with each change of what the snapshot says.</summary>
    [JsonIgnore, IgnoreDataMember, Id(3)] public long Revision { get; init; }

    /// <summary>The settings in force.</summary>
    [Id(4)] public BreakerPolicy Policy { get; init; } = BreakerPolicy.BuiltIn;

    /// <summary>When issued: time until an open breaker probes, or until a forced state ends. Null where neither is to come.</summary>
    [Id(5)] public TimeSpan? Remaining { get; init; }

    /// <summary>Probe permits that were free when issued; 0 but in half-open (S5).</summary>
    [Id(6)] public int FreeProbes { get; init; }

    /// <summary>Consecutive failures, in the authority's order of arrival, when issued.</summary>
    [Id(7)] public long ConsecutiveFailures { get; init; }

    /// <summary>The transition that began the generation; null in the initial one.</summary>
    [Id(8)] public BreakerTransition? LastTransition { get; init; }

    /// <summary>The number of the last operator command; rises with each (S10).</summary>
    [JsonIgnore, IgnoreDataMember, Id(9)] public long CommandNumber { get; init; }

    /// <summary>The end of a forced state with a TTL; else null.</summary>
    [Id(10)] public OperatorHold? Hold { get; init; }

    /// <summary>The history that this generation ends.</summary>
    [JsonIgnore, IgnoreDataMember, Id(11)] public Lineage Lineage { get; init; } = Lineage.Initial;

    /// <summary>HMAC over what a new authority would adopt, under a key that only silos have (C7). Empty in the initial generation
    /// and in what a worker made itself.</summary>
    [JsonIgnore, IgnoreDataMember, Id(12)] public ImmutableArray<byte> Seal { get; init; } = [];

    /// <summary>The name of the worker that is isolated in this generation; null when none is (S25a). Its own circuit decides for it, and its
    /// outcomes enter the totals only.</summary>
    [Id(13)] public string? IsolatedWorker { get; init; }

    /// <summary>The key of the isolated worker's session (<see cref="Reporter.Key"/>); 0 when none is.</summary>
    [Id(14)] internal long IsolatedKey { get; init; }

    /// <summary>Where every breaker starts: closed, nothing ever happened.</summary>
    public static BreakerSnapshot Initial(string component, BreakerPolicy policy) => new() { Component = component, Policy = policy };

    /// <summary>Whether the breaker lets calls pass without asking: closed, forced closed, or switched off by configuration.</summary>
    public bool Admits => !Policy.Enabled || State is BreakerState.Closed or BreakerState.ForcedClosed;

    /// <summary>Whether this says something newer than <paramref name="other"/> within one history: a later generation, or a later
    /// revision of the same.</summary>
    public bool IsNewerThan(BreakerSnapshot other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Generation == other.Generation
            ? Revision > other.Revision
            : Generation.Number > other.Generation.Number && CommandNumber >= other.CommandNumber;
    }
}
