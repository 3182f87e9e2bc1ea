using TaskerCore.Orleans.Grains.Directory;

namespace TaskerCore.Orleans.Grains;

/// <summary>Options for the breakers' grains in a silo of your own.</summary>
/// <remarks>Read once, when the silo starts. The scalar properties can be bound from configuration, a key as Base64.</remarks>
public sealed class CircuitBreakerGrainOptions
{
    private CircuitBreakerConfiguration _configuration = new();
    private bool _isSet;

    /// <summary>Gets or sets the key that seals snapshots, at least 16 bytes and the same on every silo; messages of silos with another key are
    /// refused. Required. Keep it secret: its owner can forge the state of breakers.</summary>
    /// <remarks>Rule C7: see <c>docs/rules.md</c>.</remarks>
    public byte[]? SnapshotKey { get; set; }

    /// <summary>Gets or sets the breakers' settings, the same on every silo. Settings that the cluster has not seen yet are in force as soon as one silo
    /// has joined with them; settings that it knows as superseded stay so. They are set in code, not bound. The default value is the built-in settings,
    /// which never replace a cluster's.</summary>
    /// <remarks>Rule S18: see <c>docs/rules.md</c>.</remarks>
    public CircuitBreakerConfiguration Configuration
    {
        get => _configuration;
        set => (_configuration, _isSet) = (value, true);
    }

    /// <summary>Gets or sets whether workers may send operator commands. The same on every silo. The default value is true.</summary>
    public bool CommandsFromWorkers { get; set; } = true;

    /// <summary>The settings, and whether they were set.</summary>
    internal OwnSettings Own => new(Configuration) { SaysNothing = !_isSet };
}
