namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>All scenarios that are played one by one.</summary>
internal static class ScenarioList
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new SiloKilled(),
        new SiloStopped(),
        new AllSilosKilled(),
        new PostgresStopped(),
        new PostgresFrozen(),
        new SiloKilledWithoutPostgres(),
        new WorkerKilledWithPermit(),
        new WorkerFrozenWithPermit(),
        new WorkerCutOffFromSilos(),
        new WorkerCutOffFromPgmq(),
        new SilosSplit(),
        new SiloFrozen(),
        new RollingRestart(),
        new Storm(),
    ];
}
