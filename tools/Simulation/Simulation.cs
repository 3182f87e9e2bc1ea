namespace TaskerCore.Orleans.Simulation;

/// <summary>What a run came to.</summary>
/// <param name="Steps">Events that happened.</param>
/// <param name="Causes">Kinds of transition that occurred.</param>
/// <param name="Violation">The promise that was not kept; null when all were.</param>
internal sealed record SimulationResult(long Steps, IReadOnlySet<TransitionCause> Causes, ViolationException? Violation);

/// <summary>One deterministic run: the cores that ship, in a hostile world that a seed decides.</summary>
internal static class Simulation
{
    /// <summary>How long, after the last fault, all may take to agree.</summary>
    private static readonly TimeSpan Agreement = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LastCalls = TimeSpan.FromSeconds(15);

    public static SimulationResult Run(SimulationOptions options)
    {
        var world = new World(options);
        var cluster = new Cluster(world);
        var faults = new Faults(world, cluster);
        try
        {
            faults.Begin();
            world.RunUntil(TimeSpan.FromSeconds(options.Seconds), cluster.Promises.OnStep);
            faults.End();
            cluster.NobodyCalls = options.EndsInSilence;
            world.RunUntil(world.Now + Agreement - LastCalls, cluster.Promises.OnStep);

            // The last calls are reported before the totals are compared.
            cluster.NobodyCalls = true;
            world.RunUntil(world.Now + LastCalls, cluster.Promises.OnStep);

            // Somebody asks: a closed breaker that nobody uses may have no activation.
            cluster.Authority(0, _ => { });
            world.RunUntil(world.Now + LastCalls, cluster.Promises.OnStep);
            cluster.Promises.AtTheEnd();
            return new(world.Steps, cluster.Promises.Causes, null);
        }
        catch (ViolationException violation)
        {
            return new(world.Steps, cluster.Promises.Causes, violation);
        }
        catch (Exception exception)
        {
            return new(world.Steps, cluster.Promises.Causes, new ViolationException("Nothing crashes", $"{exception}"));
        }
    }
}
