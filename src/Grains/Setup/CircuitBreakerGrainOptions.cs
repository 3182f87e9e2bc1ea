using TaskerCore.Orleans.Grains.Directory;

namespace TaskerCore.Orleans.Grains;

/// <summary>How a silo of your own keeps the cluster's breakers.</summary>
/// <remarks>Read once, when the silo starts. The scalar properties can be bound from configuration, a key as Base64.</remarks>
public sealed class CircuitBreakerGrainOptions
{
    private CircuitBreakerConfiguration _configuration = new();
    private bool _isSet;

    /// <summary>The key that snapshots are sealed with (C7), at least 16 bytes; the same on every silo: those that have another are not heard. It must
    /// be set. A secret: who has it can say what a breaker is.</summary>
    public byte[]? SnapshotKey { get; set; }

    /// <summary>The breakers' settings, the same on every silo. Settings that the cluster has not seen yet are in force as soon as one silo has
    /// joined with them; those that it knows as older stay superseded (S18). Default: the built-in ones, which a silo that sets none does not put in
    /// place of a cluster's settings. They are set in code, not bound.</summary>
    public CircuitBreakerConfiguration Configuration
    {
        get => _configuration;
        set => (_configuration, _isSet) = (value, true);
    }

    /// <summary>Whether workers may give operator commands. Default true. The same on every silo.</summary>
    public bool CommandsFromWorkers { get; set; } = true;

    /// <summary>The settings, and whether they were set.</summary>
    internal OwnSettings Own => new(Configuration) { SaysNothing = !_isSet };
}
