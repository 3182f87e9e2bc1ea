using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>C4, C7, S10, S14: what an activation decided and counted before it could read the store.</summary>
public sealed class AuthorityCoreFirstReadTests
{
    [Fact]
    public void C7_what_was_decided_while_the_store_was_away_goes_on_above_what_it_had()
    {
        var before = new AuthorityRig(new BreakerSettings { FailureThreshold = 2 });
        var worker = new WorkerRig(before);
        worker.Succeed();
        before.Clock.Pass(30);
        var row = before.Store();

        var rig = new AuthorityRig(storeAnswers: false);
        new WorkerRig(rig).Fail();
        rig.Clock.Pass(1);
        Assert.True(rig.Effects().Read);
        rig.Core.ReadSucceeded(row, rig.Clock.Now);

        Assert.Equal((BreakerState.Open, 1L, 1L), (rig.State, rig.Details.Totals.Successes, rig.Details.Totals.Failures));
        Assert.Equal(BreakerState.Open, rig.Store().Machine.State);
    }

    [Fact]
    public void C7_a_stored_state_wins_over_one_that_made_no_transition()
    {
        var before = new AuthorityRig();
        new WorkerRig(before).Fail();
        var row = before.Store();

        var rig = new AuthorityRig(storeAnswers: false);
        new WorkerRig(rig).Succeed();
        rig.Core.ReadSucceeded(row, rig.Clock.Now);

        Assert.Equal((BreakerState.Open, row.Machine.Generation), (rig.State, rig.Details.Generation));
        Assert.Equal((1L, 1L), (rig.Details.Totals.Successes, rig.Details.Totals.Failures));
    }

    [Fact]
    public void S14_what_was_counted_before_the_store_could_be_read_is_added_to_what_it_had()
    {
        var before = new AuthorityRig();
        for (var transition = 0; transition < 7; transition++)
        {
            before.Clock.Pass(10);
            before.Core.Command(Command(CommandKind.Reset), before.Clock.Now);
        }

        var row = before.Store();
        var rig = new AuthorityRig(storeAnswers: false);
        rig.Clock.Pass(5);
        new WorkerRig(rig).Fail();
        rig.Clock.Pass(3);

        rig.Core.ReadSucceeded(row, rig.Clock.Now);

        Assert.Equal(7, rig.Details.Transitions.Single(kind => (kind.From, kind.To) == (BreakerState.Closed, BreakerState.Closed)).Count);
        Assert.Equal(1, rig.Details.Transitions.Single(kind => (kind.From, kind.To) == (BreakerState.Closed, BreakerState.Open)).Count);
        Assert.Equal(TimeSpan.FromSeconds(75), rig.Details.TimeInState[(int)BreakerState.Closed]);
        Assert.Equal(TimeSpan.FromSeconds(3), rig.Details.TimeInState[(int)BreakerState.Open]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void S10_a_command_that_was_given_before_the_store_could_be_read_stands(int activations)
    {
        var row = RowOf(activations);
        var rig = new AuthorityRig(storeAnswers: false);
        Assert.Equal(CommandStatus.Applied, rig.Core.Command(Command(CommandKind.ForceOpen), rig.Clock.Now));

        rig.Core.ReadSucceeded(row, rig.Clock.Now);

        Assert.Equal(BreakerState.ForcedOpen, rig.State);
        Assert.True(rig.Details.CommandNumber > row.Machine.CommandNumber);
        Assert.True(rig.Details.Generation.Number > row.Machine.Generation.Number);
    }

    [Fact]
    public void S10_a_command_that_was_given_before_the_past_was_heard_from_a_hub_stands_and_is_sealed_for_what_it_is()
    {
        var before = new AuthorityRig();
        before.Core.Command(Command(CommandKind.ForceClosed), before.Clock.Now);
        before.Core.Command(Command(CommandKind.ForceClosed), before.Clock.Now);
        var (row, mirrored) = (before.Store(), before.Snapshot());
        var rig = new AuthorityRig(storeAnswers: false);
        rig.Core.Command(Command(CommandKind.ForceOpen), rig.Clock.Now);

        rig.Attach(new BreakerClaim { Generation = mirrored.Generation, Offer = mirrored });
        Assert.Equal((BreakerState.ForcedOpen, 3L), (rig.State, rig.Details.CommandNumber));
        rig.Core.ReadSucceeded(row, rig.Clock.Now);

        Assert.Equal((BreakerState.ForcedOpen, 3L), (rig.State, rig.Details.CommandNumber));
        Assert.True(AuthorityRig.Sealer.IsValid(rig.Snapshot()));
    }

    [Fact]
    public void C9_a_trip_from_before_the_first_read_is_merged_however_long_the_stored_history_is()
    {
        var row = RowOf(activations: 40, commands: false);
        Assert.True(row.Machine.Lineage.Floor > 0);
        var rig = new AuthorityRig(storeAnswers: false);
        new WorkerRig(rig).Fail();
        Assert.Equal(BreakerState.Open, rig.State);

        rig.Core.ReadSucceeded(row, rig.Clock.Now);

        Assert.Equal(BreakerState.Open, rig.State);
        Assert.True(rig.Details.Generation.Number > row.Machine.Generation.Number);
    }

    [Fact]
    public void C4_a_report_that_the_activation_before_stored_is_counted_once_though_the_store_was_read_after_its_retry()
    {
        var before = new AuthorityRig(new BreakerSettings { FailureThreshold = 50 });
        var worker = new WorkerRig(before);
        var report = worker.Make(OutcomeTally.Failure);
        worker.Send(report);
        before.Clock.Pass(30);
        var row = before.Store();

        var rig = new AuthorityRig(new BreakerSettings { FailureThreshold = 50 }, storeAnswers: false);
        rig.Core.Report(report, rig.Clock.Now);
        rig.Core.Report(report with { Number = 2 }, rig.Clock.Now);
        rig.Core.ReadSucceeded(row, rig.Clock.Now);

        Assert.Equal(2, rig.Details.Totals.Failures);
        Assert.Equal(2, rig.Store().Machine.Totals.Failures);
    }

    [Fact]
    public void C4_of_what_several_sessions_reported_before_the_store_was_read_only_what_it_has_is_taken_off()
    {
        var settings = new BreakerSettings { FailureThreshold = 50 };
        var before = new AuthorityRig(settings);
        var known = new WorkerRig(before);
        var report = known.Make(OutcomeTally.Failure);
        known.Send(report);
        before.Clock.Pass(30);
        var row = before.Store();

        var rig = new AuthorityRig(settings, storeAnswers: false);
        new WorkerRig(rig, "other").Fail(4);
        rig.Core.Report(report, rig.Clock.Now);
        rig.Core.ReadSucceeded(row, rig.Clock.Now);

        Assert.Equal(5, rig.Details.Totals.Failures);
    }

    [Fact]
    public void C9_what_was_counted_before_the_first_read_is_taken_off_once_and_not_again_at_a_conflict()
    {
        var rig = new AuthorityRig(new BreakerSettings { FailureThreshold = 50 }, storeAnswers: false);
        var worker = new WorkerRig(rig);
        worker.Fail();
        rig.Core.ReadSucceeded(null, rig.Clock.Now);
        rig.Clock.Pass(30);
        var row = rig.Store();
        worker.Fail();
        rig.Clock.Pass(30);
        Assert.NotNull(rig.Effects().Write);

        rig.Core.WriteConflicted(row with { Writer = Guid.NewGuid() }, rig.Clock.Now);

        Assert.Equal(2, rig.Details.Totals.Failures);
    }

    [Fact]
    public void C7_a_row_that_is_read_late_brings_its_history_and_its_newer_settings()
    {
        var before = new AuthorityRig();
        before.Core.Command(Command(CommandKind.ForceOpen), before.Clock.Now);
        before.Core.Command(Command(CommandKind.Release), before.Clock.Now);
        before.Core.SetPolicy(before.Policy with { Version = 5 }, before.Clock.Now);
        var row = before.Store();
        var rig = new AuthorityRig(storeAnswers: false);

        rig.Core.ReadSucceeded(row, rig.Clock.Now);

        Assert.Equal([TransitionCause.ForceOpen, TransitionCause.Release], rig.Core.History.Select(transition => transition.Cause));
        Assert.Equal(5, rig.Details.Policy.Version);
    }

    private static OperatorCommand Command(CommandKind kind) => new() { Kind = kind, Reason = "r", Actor = "a" };

    /// <summary>A closed breaker that was handed from activation to activation, each of which made a transition or several.</summary>
    private static StoredBreaker RowOf(int activations, bool commands = true)
    {
        var settings = new BreakerSettings { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(1), SuccessThreshold = 1 };
        StoredBreaker? row = null;
        for (var activation = 0; activation < activations; activation++)
        {
            var rig = new AuthorityRig(settings, row);
            var worker = new WorkerRig(rig);
            if (commands)
            {
                rig.Core.Command(Command(CommandKind.Reset), rig.Clock.Now);
            }
            else
            {
                worker.Fail();
                rig.Clock.Pass(1);
                worker.Settle(worker.Ask().Permit!, ProbeResult.Success);
            }

            Assert.Equal(BreakerState.Closed, rig.State);
            row = rig.Store();
        }

        return row!;
    }
}
