using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Grains;

/// <summary>How a silo of one's own keeps the cluster's breakers.</summary>
public sealed class CircuitBreakerGrainOptions
{
    /// <summary>The key that snapshots are sealed with (C7), at least 16 bytes; the same on every silo: those that have another are not heard. It must
    /// be set. A secret: who has it can say what a breaker is.</summary>
    public byte[]? SnapshotKey { get; set; }

    /// <summary>The breakers' settings, the same on every silo. Settings that the cluster has not seen yet are in force as soon as one silo has
    /// joined with them; those that it knows as older stay superseded (S18). Default: the built-in ones.</summary>
    public CircuitBreakerConfiguration Configuration { get; set; } = new();

    /// <summary>Whether workers may give operator commands. Default true. The same on every silo.</summary>
    public bool CommandsFromWorkers { get; set; } = true;

    internal void Validate()
    {
        if (SnapshotKey is not { Length: >= SnapshotSealer.MinKeyLength })
        {
            throw new ArgumentException(
                $"{nameof(CircuitBreakerGrainOptions)}.{nameof(SnapshotKey)} must have at least {SnapshotSealer.MinKeyLength} bytes, the same on every silo.");
        }

        if (!ConfigurationRanges.Hold(Configuration))
        {
            throw new ArgumentException(
                $"{nameof(CircuitBreakerGrainOptions)}.{nameof(Configuration)} has a component name that is none or a setting that is out of its range: see docs/configuration.md.");
        }
    }
}
