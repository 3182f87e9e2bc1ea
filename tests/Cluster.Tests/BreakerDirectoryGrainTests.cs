using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Cluster.Tests;

/// <summary>The grain that knows all breakers: which names may become one.</summary>
[Collection(SharedFleet.Name)]
public sealed class BreakerDirectoryGrainTests(SharedFleet shared)
{
    [Fact]
    public async Task S10_a_command_creates_its_breaker_only_where_it_may()
    {
        await using var worker = await shared.Fleet.StartWorkerAsync("a");
        await worker.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);

        var mistyped = await worker.Commands.CommandAsync("pgmg", Of(CommandKind.ForceOpen, mustExist: true));
        Assert.Equal((CommandStatus.NotFound, RefusalKind.NotFound, "pgmq"), (mistyped.Status, mistyped.Refusal!.Kind, mistyped.Nearest[0]));
        Assert.Null(mistyped.Breaker);
        Assert.Equal(CommandStatus.NotFound, (await worker.Commands.CommandAsync("pgmg", Of(CommandKind.Release))).Status);
        Assert.Equal(CommandStatus.NotFound, (await worker.Commands.CommandAsync("pgmg", Of(CommandKind.Reset))).Status);
        Assert.Null(await worker.Queries.GetAsync("pgmg"));

        var existing = await worker.Commands.CommandAsync("pgmq", Of(CommandKind.ForceOpen, mustExist: true));
        Assert.Equal((CommandStatus.Applied, false), (existing.Status, existing.Created));

        // From code a forcing command creates, unless it says otherwise.
        var created = await worker.Commands.CommandAsync("pgmg", Of(CommandKind.ForceOpen));
        Assert.Equal((CommandStatus.Applied, true), (created.Status, created.Created));
        Assert.Equal(TransitionCause.ForceOpen, (await worker.Queries.GetAsync("pgmg"))!.LastTransition!.Cause);
    }

    private static OperatorCommand Of(CommandKind kind, bool mustExist = false) => new() { Kind = kind, Reason = "drill", Actor = "ann", MustExist = mustExist };
}
