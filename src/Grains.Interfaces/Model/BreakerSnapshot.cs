using System.Collections.Immutable;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using Orleans;
using TaskerCore.Orleans.Grains.Interfaces.Machine;

namespace TaskerCore.Orleans;

/// <summary>The published state of a breaker: everything that a worker needs to decide alone, and that a new authority needs to continue from a
/// worker's copy.</summary>
/// <remarks>Immutable and thread-safe. JSON omits the data that only the protocol needs. Rules C2 and C7: see <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Immutable, Alias("tc.snapshot")]
public sealed record BreakerSnapshot
{
    /// <summary>Gets the component that the breaker protects.</summary>
    [Id(0)] public required string Component { get; init; }

    /// <summary>Gets the state.</summary>
    [Id(1)] public BreakerState State { get; init; }

    /// <summary>Gets the generation: one stay in a state.</summary>
    [Id(2)] public Generation Generation { get; init; }

    /// <summary>Gets the revision, which rises within a generation with each change of the snapshot.</summary>
    [JsonIgnore, IgnoreDataMember, Id(3)] public long Revision { get; init; }

    /// <summary>Gets the settings in force.</summary>
    [Id(4)] public BreakerPolicy Policy { get; init; } = BreakerPolicy.BuiltIn;

    /// <summary>Gets the time, when issued, until an open breaker probes or a forced state ends; null if neither applies.</summary>
    [Id(5)] public TimeSpan? Remaining { get; init; }

    /// <summary>Gets the number of free probe permits when issued; 0 outside half-open.</summary>
    /// <remarks>Rule S5: see <c>docs/rules.md</c>.</remarks>
    [Id(6)] public int FreeProbes { get; init; }

    /// <summary>Gets the number of consecutive failures when issued, in the authority's order of arrival.</summary>
    [Id(7)] public long ConsecutiveFailures { get; init; }

    /// <summary>Gets the transition that began the generation; null in the initial one.</summary>
    [Id(8)] public BreakerTransition? LastTransition { get; init; }

    /// <summary>Gets the number of the last operator command, which rises with each command.</summary>
    /// <remarks>Rule S10: see <c>docs/rules.md</c>.</remarks>
    [JsonIgnore, IgnoreDataMember, Id(9)] public long CommandNumber { get; init; }

    /// <summary>Gets the end of a forced state with a TTL; otherwise null.</summary>
    [Id(10)] public OperatorHold? Hold { get; init; }

    /// <summary>Gets the lineage of the history that ends with this generation.</summary>
    [JsonIgnore, IgnoreDataMember, Id(11)] public Lineage Lineage { get; init; } = Lineage.Initial;

    /// <summary>Gets the seal: an HMAC over everything that a new authority would adopt, under a key that only silos have. Empty in the initial
    /// generation and in local snapshots.</summary>
    /// <remarks>Rule C7: see <c>docs/rules.md</c>.</remarks>
    [JsonIgnore, IgnoreDataMember, Id(12)] public ImmutableArray<byte> Seal { get; init; } = [];

    /// <summary>Gets the name of the worker that is isolated in this generation; null if none is. Its own circuit decides for it, and its
    /// outcomes only enter the totals.</summary>
    /// <remarks>Rule S25a: see <c>docs/rules.md</c>.</remarks>
    [Id(13)] public string? IsolatedWorker { get; init; }

    /// <summary>Gets the key of the isolated worker's session (<see cref="Reporter.Key"/>); 0 if none is isolated.</summary>
    [Id(14)] internal long IsolatedKey { get; init; }

    /// <summary>Creates the initial snapshot of a breaker: closed, without history.</summary>
    public static BreakerSnapshot Initial(string component, BreakerPolicy policy) => new() { Component = component, Policy = policy };

    /// <summary>Gets whether calls pass without a request: closed, forced closed, or disabled by configuration.</summary>
    public bool Admits => !Policy.Enabled || State is BreakerState.Closed or BreakerState.ForcedClosed;

    /// <summary>Returns whether this snapshot is newer than <paramref name="other"/> within one history: a later generation, or a later revision
    /// of the same.</summary>
    public bool IsNewerThan(BreakerSnapshot other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Generation == other.Generation
            ? Revision > other.Revision
            : Generation.Number > other.Generation.Number && CommandNumber >= other.CommandNumber;
    }
}
