using TaskerCore.Orleans.Chaos.Cluster;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>A fault of the mix: how it begins and how it ends, on a target that was drawn before.</summary>
/// <param name="Name">What it is called, with its target.</param>
/// <param name="Target">What it befalls: two faults at once befall different things.</param>
/// <param name="BeginAsync">Makes it.</param>
/// <param name="EndAsync">Ends it.</param>
internal sealed record Fault(string Name, FaultTarget Target, Func<Task> BeginAsync, Func<Task> EndAsync)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(40);

    /// <summary>Draws one; always the same number of draws, so that a seed gives the same faults whatever they lead to.</summary>
    public static Fault Draw(ChaosCluster cluster, Random random)
    {
        var kind = random.Next(13);
        var seat = cluster.Seats[random.Next(cluster.Seats.Count)];
        var workerNumber = random.Next(cluster.Plan.Workers);
        var threshold = random.Next(4, 9);

        // By its place, and only when the fault begins: a killed worker's successor has it.
        LoadWorkerProcess? chosen = null;
        LoadWorkerProcess Worker() => chosen ??= cluster.Workers[workerNumber];
        var worker = $"worker at place {workerNumber + 1}";
        return kind switch
        {
            0 or 1 => new($"{seat.Name} killed", FaultTarget.Silos, () => seat.Silo.Process.KillAsync(), Nothing),
            2 => new($"{seat.Name} stopped gracefully", FaultTarget.Silos, () => seat.Silo.Process.StopAsync(Grace), Nothing),
            3 => new("every silo killed", FaultTarget.Silos, () => Task.WhenAll(cluster.Seats.Select(each => each.Silo.Process.KillAsync())), Nothing),
            4 => new($"{seat.Name} frozen", FaultTarget.Silos, () => Do(seat.Freeze), () => Do(seat.Thaw)),
            5 => new("silos split", FaultTarget.Silos, () => Do(cluster.Network.Split), () => Do(cluster.Network.Heal)),
            6 => new("Postgres stopped hard", FaultTarget.Postgres, () => cluster.Postgres.StopAsync(immediate: true), () => cluster.Postgres.StartAgainAsync()),
            7 => new("Postgres frozen", FaultTarget.Postgres, () => cluster.Postgres.FreezeAsync(), () => Do(cluster.Postgres.Thaw)),
            8 => new($"{worker} killed", FaultTarget.Workers, () => cluster.KillAsync(Worker()), () => Do(() => cluster.StartWorker())),
            9 => new($"{worker} frozen", FaultTarget.Workers, () => Do(() => Worker().Process.Signal("STOP")), () => Do(() => Worker().Process.Signal("CONT"))),
            10 => new($"{worker} cut off from the silos", FaultTarget.Workers, () => Do(() => cluster.Network.CutOff(Worker())), () => Do(cluster.Network.RestoreWorkers)),
            11 => new($"{worker} cut off from pgmq", FaultTarget.Workers, () => Do(() => Worker().Pgmq.Cut()), () => Do(() => Worker().Pgmq.Restore())),
            _ => new(
                $"failure_threshold changed to {threshold}",
                FaultTarget.Settings,
                () => Do(() => cluster.Configure(cluster.Plan with { FailureThreshold = threshold })),
                Nothing),
        };
    }

    private static Task Nothing() => Task.CompletedTask;

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}

/// <summary>What a fault befalls.</summary>
internal enum FaultTarget
{
    Silos,
    Postgres,
    Workers,
    Settings,
}
