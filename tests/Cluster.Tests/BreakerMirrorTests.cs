using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Cluster.Tests;

/// <summary>What a worker's mirror asks of the cluster.</summary>
[Collection(SharedFleet.Name)]
public sealed class BreakerMirrorTests(SharedFleet shared)
{
    [Fact]
    public async Task C2_closed_calls_cost_no_remote_calls_but_those_that_time_brings()
    {
        const string component = "closed-calls";
        await using var a = await shared.Fleet.StartWorkerAsync("a");
        await a.Breaker(component).UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        await Until.TrueAsync(async () => (await a.Queries.GetAsync(component))!.Workers == 1);
        var before = shared.Fleet.RemoteCalls;
        var startedAt = TimeProvider.System.GetTimestamp();

        for (var call = 0; call < 5_000_000; call++)
        {
            a.Breaker(component).TryExecute(static () => 1);
        }

        var seconds = TimeProvider.System.GetElapsedTime(startedAt).TotalSeconds;
        var remote = shared.Fleet.RemoteCalls - before;
        TestContext.Current.SendDiagnosticMessage($"{remote} remote calls in {seconds:0.0} s of 5,000,000 closed calls");
        Assert.InRange(remote, 0, 3 + seconds);
    }
}
