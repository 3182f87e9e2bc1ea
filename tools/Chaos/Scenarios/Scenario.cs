using TaskerCore.Orleans.Chaos.Cluster;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>One kind of fault on a cluster under steady load, and what must hold.</summary>
internal abstract class Scenario
{
    /// <summary>Its number in the list.</summary>
    public abstract int Number { get; }

    public abstract string Name { get; }

    /// <summary>Why counters may be lost; null: not one may be.</summary>
    public virtual string? CountersMayBeLost => null;

    /// <summary>What is to run.</summary>
    public virtual ClusterPlan Plan(bool isShort) => new();

    /// <summary>Makes the fault, sees what must hold, ends the fault, and sees the circuit closed again.</summary>
    public abstract Task PlayAsync(Stage stage, CancellationToken cancellationToken);
}
