using System.Reflection;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Cluster.Tests;

/// <summary>A client at the gateway that calls what only silos may.</summary>
[Collection(SharedFleet.Name)]
public sealed class CallGuardTests(SharedFleet shared)
{
    private static readonly BreakerSettings Quick = new() { FailureThreshold = 3, OpenDuration = TimeSpan.FromSeconds(60), SuccessThreshold = 2 };
    private static readonly OperatorCommand ForceOpen = new() { Kind = CommandKind.ForceOpen, Reason = "drill", Actor = "mallory" };

    /// <summary>What workers call; all else is for silos.</summary>
    private static readonly string[] ForWorkers =
    [
        "ICircuitBreakerGrain.ReportAsync", "ICircuitBreakerGrain.RequestPermitAsync", "ICircuitBreakerGrain.CommandAsync",
        "ICircuitBreakerGrain.GetDetailsAsync", "ICircuitBreakerGrain.GetHistoryAsync",
        "IWorkerHubGrain.RegisterAsync", "IWorkerHubGrain.RenewAsync", "IWorkerHubGrain.UnregisterAsync",
        "IBreakerDirectoryGrain.ListAsync", "IBreakerDirectoryGrain.GetAsync", "IBreakerDirectoryGrain.GetHistoryAsync", "IBreakerDirectoryGrain.LookUpAsync",
        "IBreakerDirectoryGrain.GetConfigurationAsync",
    ];

    private static readonly (string Method, Func<IGrainFactory, BreakerSnapshot, SiloPass?, Task> Call)[] ForSilos =
    [
        ("AttachAsync", (grains, known, pass) => grains.Breaker("pgmq")
            .AttachAsync(new HubAttachment { Hub = GrainKeys.Hub(3), Workers = 7, Claim = new BreakerClaim { Generation = known.Generation } }, pass).AsTask()),
        ("ApplyPolicyAsync", (grains, known, pass) => grains.Breaker("pgmq")
            .ApplyPolicyAsync(known.Policy with { Version = long.MaxValue / 2, Settings = Quick with { FailureThreshold = 99 } }, pass).AsTask()),
        ("PushAsync", (grains, known, pass) => PushToAllAsync(grains, known with { State = BreakerState.ForcedOpen, Revision = known.Revision + 1 }, pass)),
        ("AdmitAsync", (grains, _, pass) => grains.Directory().AdmitAsync("mallorys-own", held: BreakerPolicy.BuiltIn, pass).AsTask()),
        ("OfferConfigurationAsync", (grains, _, pass) => grains.Directory().OfferConfigurationAsync(
            new ConfigurationOffer { Configuration = new CircuitBreakerConfiguration { Enabled = false }, ContentHash = "mallory", Edited = true }, pass).AsTask()),
        ("ReportConfigurationAsync", (grains, _, pass) => grains.Directory().ReportConfigurationAsync(
            new SiloConfiguration { Silo = "mallory", ContentHash = "mallory" }, pass).AsTask()),
        ("WakeAllAsync", (grains, _, pass) => grains.Directory().WakeAllAsync(pass).AsTask()),
    ];

    [Fact]
    public void What_is_not_for_workers_takes_a_pass()
    {
        var methods = new[] { typeof(ICircuitBreakerGrain), typeof(IWorkerHubGrain), typeof(IBreakerDirectoryGrain) }.SelectMany(grain => grain.GetMethods()).ToList();

        Assert.Equal(
            [.. methods.Select(Named).Except(ForWorkers).Order(StringComparer.Ordinal)],
            methods.Where(TakesPass).Select(Named).Except(ForWorkers).Order(StringComparer.Ordinal));
        Assert.Equal(
            methods.Where(TakesPass).Select(method => method.Name).Except(["CommandAsync"]).Order(StringComparer.Ordinal),
            ForSilos.Select(known => known.Method).Order(StringComparer.Ordinal));

        static string Named(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

        static bool TakesPass(MethodInfo method) => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(SiloPass));
    }

    [Fact]
    public async Task What_is_for_silos_alone_is_refused_changes_nothing_and_is_logged()
    {
        await using var fleet = await TestFleet.StartAsync(2, Quick);
        var worker = await ConnectedAsync(fleet);
        var before = await worker.Queries.ListAsync();
        var known = worker.Breaker().Snapshot;
        foreach (var pass in new[] { null, SiloPass.From(new byte[32]), new SiloPass { Proof = [] }, new SiloPass { Proof = default } })
        {
            foreach (var (method, call) in ForSilos)
            {
                var refused = await Assert.ThrowsAsync<UnauthorizedAccessException>(() => call(fleet.Cluster.Client, known, pass));
                Assert.Contains($"{method} may be called by the cluster's silos only", refused.Message, StringComparison.Ordinal);
            }
        }

        await UnchangedAsync(worker, before, known);
        Assert.All(ForSilos, silent => Assert.NotEmpty(fleet.Refusals.With($"Refused {silent.Method}: the caller has no valid silo pass")));
    }

    [Fact]
    public async Task A_client_that_says_it_is_a_hub_is_refused_as_well()
    {
        await using var fleet = await TestFleet.StartAsync(1, Quick);
        var worker = await ConnectedAsync(fleet);
        var before = await worker.Queries.ListAsync();
        var known = worker.Breaker().Snapshot;

        // A client writes into each message whom it is from; the answers then go to whom it says it is.
        var own = SendAs(fleet.Cluster.Client, fleet.Cluster.Client.Hub(GrainKeys.Hub(3)).GetGrainId());
        foreach (var (method, call) in ForSilos)
        {
            call(fleet.Cluster.Client, known, null).Ignore();
            await Until.TrueAsync(() => fleet.Refusals.With($"Refused {method}:").Count > 0);
        }

        SendAs(fleet.Cluster.Client, own);
        await worker.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        await UnchangedAsync(worker, before, known);
    }

    [Fact]
    public async Task S10_a_worker_may_command()
    {
        await using var worker = await shared.Fleet.StartWorkerAsync("w");
        await worker.Breaker("commanded").UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);

        Assert.Equal(CommandStatus.Applied, (await worker.Commands.CommandAsync("commanded", ForceOpen)).Status);
    }

    [Fact]
    public async Task S10_a_worker_may_not_command_where_the_cluster_takes_none_from_workers()
    {
        await using var fleet = await TestFleet.StartAsync(1, Quick, commandsFromWorkers: false);
        var worker = await ConnectedAsync(fleet);
        var before = await worker.Queries.ListAsync();
        var known = worker.Breaker().Snapshot;

        var refused = await Assert.ThrowsAsync<UnauthorizedAccessException>(() => worker.Commands.CommandAsync("pgmq", ForceOpen));

        Assert.Contains("CommandsFromWorkers is false", refused.Message, StringComparison.Ordinal);
        await UnchangedAsync(worker, before, known);
        Assert.Single(fleet.Refusals.With("Refused a command from a worker"));
        Assert.Equal(CommandStatus.Applied, (await fleet.Cluster.Client.Breaker("pgmq").CommandAsync(ForceOpen, fleet.Pass)).Status);
    }

    private static async Task<Worker> ConnectedAsync(TestFleet fleet)
    {
        var worker = await fleet.StartWorkerAsync("w");
        await worker.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        await Until.TrueAsync(async () => await worker.Queries.GetAsync("pgmq") is { Workers: 1, Stored: true });
        return worker;
    }

    private static async Task UnchangedAsync(Worker worker, IReadOnlyList<BreakerDetails> before, BreakerSnapshot known)
    {
        var after = await worker.Queries.ListAsync();
        Assert.Equal(before.Select(Shown), after.Select(Shown));
        Assert.Equal((known.State, known.Generation, known.Policy), (worker.Breaker().Snapshot.State, worker.Breaker().Snapshot.Generation, worker.Breaker().Snapshot.Policy));

        static object Shown(BreakerDetails breaker) =>
            (breaker.Component, breaker.State, breaker.Generation, breaker.Policy, breaker.Workers, breaker.CommandNumber, breaker.Created);
    }

    private static async Task PushToAllAsync(IGrainFactory grains, BreakerSnapshot snapshot, SiloPass? pass)
    {
        for (var hub = 0; hub < GrainKeys.HubCount; hub++)
        {
            await grains.Hub(GrainKeys.Hub(hub)).PushAsync(snapshot, reset: true, pass);
        }
    }

    /// <summary>Has the client name another sender; returns whom it named.</summary>
    private static GrainId SendAs(IClusterClient client, GrainId sender)
    {
        var runtime = client.ServiceProvider.GetService(Type.GetType("Orleans.Runtime.IRuntimeClient, Orleans.Core", throwOnError: true)!)!;
        var address = runtime.GetType().GetProperty("CurrentActivationAddress")!;
        var named = (GrainAddress)address.GetValue(runtime)!;
        address.SetValue(runtime, new GrainAddress { GrainId = sender, ActivationId = named.ActivationId, SiloAddress = named.SiloAddress });
        return named.GrainId;
    }
}
