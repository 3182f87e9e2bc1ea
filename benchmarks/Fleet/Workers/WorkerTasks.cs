namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>Every task, by name.</summary>
internal static class WorkerTasks
{
    public static IReadOnlyDictionary<string, WorkerTask> All { get; } = new Dictionary<string, WorkerTask>(StringComparer.Ordinal)
    {
        [ClosedLoad.Run] = ClosedLoad.RunAsync,
        [TripWatch.Start] = TripWatch.StartAsync,
        [TripWatch.Trip] = TripWatch.TripAsync,
        [TripWatch.Collect] = TripWatch.CollectAsync,
        [BarePush.Start] = BarePush.StartAsync,
        [BarePush.Push] = BarePush.PushAsync,
        [BarePush.Collect] = BarePush.CollectAsync,
        [BareRush.Start] = BareRush.StartAsync,
        [BareRush.Begin] = BareRush.BeginAsync,
        [BareRush.Collect] = BareRush.CollectAsync,
        [FailureStorm.Run] = FailureStorm.RunAsync,
        [FailureStorm.Bare] = FailureStorm.BareAsync,
        [ManyBreakers.Use] = ManyBreakers.UseAsync,
        [ProbeRush.Trip] = ProbeRush.TripAsync,
        [ProbeRush.Start] = ProbeRush.StartAsync,
        [ProbeRush.Collect] = ProbeRush.CollectAsync,
        [CallPerOperation.Run] = CallPerOperation.RunAsync,
    };
}
