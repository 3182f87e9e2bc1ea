using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>C6, C7, C9: the store.</summary>
public sealed class StorageTests
{
    [Fact]
    public void C6_opening_is_decided_and_told_before_it_is_written()
    {
        var rig = new AuthorityRig();
        new WorkerRig(rig).Fail();

        var effects = rig.Effects();

        Assert.Equal(BreakerState.Open, effects.Snapshot!.State);
        Assert.Equal(BreakerState.Open, effects.Write!.Machine.State);
        Assert.False(rig.Details.Stored);
        rig.Core.WriteSucceeded(rig.Clock.Now);
        Assert.True(rig.Details.Stored);
    }

    [Fact]
    public void C6_a_store_that_cannot_be_read_stops_nothing_and_is_not_written()
    {
        var rig = new AuthorityRig(storeAnswers: false);
        new WorkerRig(rig).Fail();

        var effects = rig.Effects();

        Assert.Equal(BreakerState.Open, effects.Snapshot!.State);
        Assert.Null(effects.Write);
        rig.Clock.Pass(0.2);
        Assert.True(rig.Effects().Read);
    }

    [Fact]
    public void S7_a_takeover_in_half_open_is_announced_pushed_and_stored_at_once()
    {
        var before = new AuthorityRig(new BreakerSettings { FailureThreshold = 1, Timeout = TimeSpan.FromSeconds(5) });
        new WorkerRig(before).Fail();
        before.Clock.Pass(5);
        var row = before.Store();
        Assert.Equal(BreakerState.HalfOpen, row.Machine.State);

        var rig = new AuthorityRig(stored: row);
        var effects = rig.Effects();

        var taken = Assert.Single(effects.Transitions);
        Assert.Equal((TransitionCause.Takeover, row.Machine.Generation.Number + 1), (taken.Cause, taken.Generation.Number));
        Assert.Equal(GrainKeys.HubCount, effects.Pushes.Count);
        Assert.Equal((BreakerState.HalfOpen, taken.Generation), (effects.Snapshot!.State, effects.Snapshot.Generation));
        Assert.Equal((BreakerState.HalfOpen, taken.Generation), (effects.Write!.Machine.State, effects.Write.Machine.Generation));
    }

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
    public void C6_a_failed_write_is_repeated_with_growing_pauses_until_the_newest_state_is_stored()
    {
        var rig = new AuthorityRig();
        var worker = new WorkerRig(rig);
        worker.Fail();
        List<double> pauses = [];

        for (var attempt = 0; attempt < 7; attempt++)
        {
            Assert.NotNull(rig.Effects().Write);
            rig.Core.WriteFailed(rig.Clock.Now);
            var next = rig.Effects().NextWake!.Value;
            pauses.Add((next - rig.Clock.Now.Elapsed).TotalSeconds);
            rig.Clock.PassTo(next);
        }

        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 5, 5], pauses.Select(pause => Math.Round(pause, 3)));
        Assert.Equal(7, rig.Core.FailedWrites);
        rig.Core.Command(new OperatorCommand { Kind = CommandKind.ForceClosed, Reason = "r", Actor = "a" }, rig.Clock.Now);
        Assert.Equal(BreakerState.ForcedClosed, rig.Store().Machine.State);
    }

    [Fact]
    public void C6_one_write_is_under_way_at_a_time_and_what_came_meanwhile_follows()
    {
        var rig = new AuthorityRig();
        new WorkerRig(rig).Fail();
        Assert.NotNull(rig.Effects().Write);

        rig.Core.Command(new OperatorCommand { Kind = CommandKind.Reset, Reason = "r", Actor = "a" }, rig.Clock.Now);
        Assert.Null(rig.Effects().Write);
        rig.Core.WriteSucceeded(rig.Clock.Now);

        Assert.False(rig.Details.Stored);
        Assert.Equal(BreakerState.Closed, rig.Store().Machine.State);
        Assert.True(rig.Details.Stored);
    }

    [Fact]
    public void S14_totals_alone_are_stored_at_the_metrics_interval()
    {
        var rig = new AuthorityRig(new BreakerSettings());
        var worker = new WorkerRig(rig);
        rig.Clock.Pass(30);
        rig.Store();
        worker.Succeed();

        Assert.Null(rig.Effects().Write);
        rig.Clock.Pass(29.9);
        Assert.Null(rig.Effects().Write);
        rig.Clock.Pass(0.1);

        Assert.Equal(1, rig.Store().Machine.Totals.Successes);
    }

    [Fact]
    public void S14_totals_are_stored_when_the_activation_ends()
    {
        var rig = new AuthorityRig(new BreakerSettings());
        new WorkerRig(rig).Succeed();

        Assert.Equal(1, rig.Core.TakeLastWrite(rig.Clock.Now)!.Machine.Totals.Successes);
    }

    [Fact]
    public void C6_a_row_with_our_own_incarnation_after_a_failed_write_is_our_own_write()
    {
        var rig = new AuthorityRig();
        new WorkerRig(rig).Fail();
        var row = rig.Effects().Write!;
        rig.Core.WriteFailed(rig.Clock.Now);
        rig.Clock.Pass(1);
        Assert.NotNull(rig.Effects().Write);

        rig.Core.WriteConflicted(row, rig.Clock.Now);

        Assert.Equal((1L, 1L), (rig.Details.Generation.Number, rig.Details.Totals.Failures));
        Assert.NotNull(rig.Store());
    }

    [Fact]
    public void C9_a_row_of_another_activation_is_merged_and_no_call_is_counted_twice()
    {
        var shared = new AuthorityRig(new BreakerSettings { FailureThreshold = 2 });
        new WorkerRig(shared).Succeed();
        shared.Clock.Pass(30);
        var row = shared.Store();
        var (left, right) = (new AuthorityRig(stored: row), new AuthorityRig(stored: row));
        new WorkerRig(left, "l").Fail(2);
        new WorkerRig(right, "r").Fail(3);
        var written = left.Store();
        Assert.NotNull(right.Effects().Write);

        right.Core.WriteConflicted(written, right.Clock.Now);

        Assert.Equal((BreakerState.Open, 2L), (right.State, right.Details.Generation.Number));
        Assert.Equal((1L, 5L), (right.Details.Totals.Successes, right.Details.Totals.Failures));
        Assert.Equal(BreakerState.Open, right.Store().Machine.State);
    }

    [Fact]
    public void C9_what_the_activation_before_writes_as_it_ends_is_learnt_by_one_that_read_the_row_too_soon_without_traffic()
    {
        var before = new AuthorityRig();
        new WorkerRig(before).Succeed();
        before.Clock.Pass(60);
        var row = before.Store();
        var born = new AuthorityRig(stored: row, clock: before.Clock);
        before.Core.Command(new OperatorCommand { Kind = CommandKind.ForceOpen, Reason = "r", Actor = "a" }, before.Clock.Now);
        var written = before.Store();
        Assert.Null(born.Effects().Write);

        before.Clock.Pass(15);
        born.Core.Advance(born.Clock.Now);
        Assert.NotNull(born.Effects().Write);
        born.Core.WriteConflicted(written, born.Clock.Now);

        Assert.Equal((BreakerState.ForcedOpen, 1L), (born.State, born.Details.CommandNumber));
    }

    [Fact]
    public void C9_when_silos_change_a_command_that_another_activation_stored_in_a_split_is_learnt_without_traffic()
    {
        var before = new AuthorityRig();
        new WorkerRig(before).Succeed();
        before.Clock.Pass(60);
        var row = before.Store();
        var (survivor, other) = (new AuthorityRig(stored: row), new AuthorityRig(stored: row));
        other.Core.Command(new OperatorCommand { Kind = CommandKind.ForceOpen, Reason = "r", Actor = "a" }, other.Clock.Now);
        var written = other.Store();
        survivor.Clock.Pass(70);
        survivor.Store();
        survivor.Clock.Pass(30);
        Assert.Null(survivor.Effects().Write);

        survivor.Core.SilosChanged(survivor.Clock.Now);
        var changedAt = survivor.Clock.Now.Elapsed;
        var wake = survivor.Effects().NextWake!.Value;
        Assert.InRange(wake, changedAt + TimeSpan.FromSeconds(5), changedAt + TimeSpan.FromSeconds(15));

        // That its totals were stored a moment ago does not put it off.
        survivor.Clock.Pass((wake - changedAt).TotalSeconds - 0.01);
        new WorkerRig(survivor).Succeed();
        survivor.Store();
        survivor.Core.Advance(survivor.Clock.Now);
        Assert.Null(survivor.Effects().Write);
        survivor.Clock.PassTo(wake);
        survivor.Core.Advance(survivor.Clock.Now);

        Assert.NotNull(survivor.Effects().Write);
        survivor.Core.WriteConflicted(written, survivor.Clock.Now);
        Assert.Equal((BreakerState.ForcedOpen, 1L), (survivor.State, survivor.Details.CommandNumber));
        survivor.Store();
        survivor.Core.Advance(survivor.Clock.Now);
        Assert.Null(survivor.Effects().Write);
    }

    [Fact]
    public void C10_an_open_row_runs_its_full_timeout_again()
    {
        var before = new AuthorityRig(new BreakerSettings { FailureThreshold = 1, Timeout = TimeSpan.FromSeconds(15) });
        new WorkerRig(before).Fail();
        var row = before.Store();

        var rig = new AuthorityRig(stored: row);

        Assert.Equal((BreakerState.Open, TimeSpan.FromSeconds(15), true), (rig.State, rig.Details.RetryAfter, rig.Details.Stored));
        Assert.Equal(TransitionCause.ConsecutiveFailures, rig.Core.History[0].Cause);
    }

    [Fact]
    public void S13_reading_an_authority_that_was_never_created_creates_nothing()
    {
        var clock = new TestClock();
        var core = new AuthorityCore("pgmq", Guid.NewGuid(), AuthorityRig.Sealer, clock.Now);
        core.ReadSucceeded(null, clock.Now);

        Assert.False(core.Details(clock.Now).Created);
        Assert.Empty(core.History);
        Assert.False(core.IsCreated);
        Assert.False(core.MustStay);
        Assert.Null(core.TakeEffects(clock.Now).Write);
        Assert.Null(core.TakeLastWrite(clock.Now));
    }

    [Fact]
    public void S18_newer_settings_are_taken_and_older_ones_are_not()
    {
        var rig = new AuthorityRig();

        rig.Core.SetPolicy(rig.Policy with { Version = 3, Settings = new BreakerSettings { FailureThreshold = 33 } }, rig.Clock.Now);
        rig.Core.SetPolicy(rig.Policy with { Version = 2, Settings = new BreakerSettings { FailureThreshold = 22 } }, rig.Clock.Now);

        Assert.Equal((3L, 33), (rig.Details.Policy.Version, rig.Details.Policy.Settings.FailureThreshold));
        Assert.Equal(3, rig.Store().Machine.Policy.Version);
    }

    [Fact]
    public void The_directory_is_asked_again_at_each_metrics_interval_and_after_a_failure_soon()
    {
        var rig = new AuthorityRig();
        Assert.False(rig.Effects().AskPolicy);
        rig.Clock.Pass(30);
        Assert.True(rig.Effects().AskPolicy);
        rig.Core.PolicyFailed(rig.Clock.Now);
        rig.Clock.Pass(0.2);
        Assert.True(rig.Effects().AskPolicy);
        rig.Core.Admitted(rig.Policy, rig.Clock.Now);
        Assert.False(rig.Effects().AskPolicy);
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
    public void C9_what_an_own_write_stored_that_seemed_to_fail_is_not_added_again_at_the_next_conflict()
    {
        var rig = new AuthorityRig(new BreakerSettings { FailureThreshold = 50 });
        var worker = new WorkerRig(rig);
        worker.Fail(3);
        rig.Clock.Pass(30);
        var written = rig.Effects().Write!;
        rig.Core.WriteFailed(rig.Clock.Now);
        rig.Clock.Pass(1);
        Assert.NotNull(rig.Effects().Write);
        rig.Core.WriteConflicted(written, rig.Clock.Now);
        Assert.NotNull(rig.Effects().Write);

        rig.Core.WriteConflicted(
            written with { Writer = Guid.NewGuid(), Machine = written.Machine with { Totals = written.Machine.Totals with { Failures = 5 } } }, rig.Clock.Now);

        Assert.Equal(5, rig.Details.Totals.Failures);
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
    public void C6_a_row_that_is_gone_is_written_again()
    {
        var rig = new AuthorityRig();
        new WorkerRig(rig).Fail();
        Assert.NotNull(rig.Effects().Write);

        rig.Core.WriteConflicted(null, rig.Clock.Now);

        Assert.Equal(BreakerState.Open, rig.Store().Machine.State);
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

    [Fact]
    public void S10_a_command_is_stored_when_its_generation_or_a_later_one_is()
    {
        var rig = new AuthorityRig();
        rig.Core.Command(Command(CommandKind.ForceOpen), rig.Clock.Now);
        var generation = rig.Core.Generation;
        Assert.False(rig.Core.IsStoredThrough(generation));
        rig.Store();
        Assert.True(rig.Core.IsStoredThrough(generation));
        rig.Core.Command(Command(CommandKind.Release), rig.Clock.Now);

        Assert.True(rig.Core.IsStoredThrough(generation));
        Assert.False(rig.Core.IsStoredThrough(rig.Core.Generation));
    }

    [Fact]
    public void S10_a_new_breaker_is_no_transition_and_is_stored_with_the_first_totals()
    {
        var rig = new AuthorityRig();

        Assert.Null(rig.Effects().Write);
        rig.Clock.Pass(30);
        Assert.NotNull(rig.Effects().Write);
    }

    [Fact]
    public void C6_what_was_read_is_not_read_again()
    {
        var clock = new TestClock();
        var core = new AuthorityCore("pgmq", Guid.NewGuid(), AuthorityRig.Sealer, clock.Now);
        core.ReadSucceeded(null, clock.Now);
        core.Admitted(BreakerPolicy.BuiltIn, clock.Now);

        Assert.False(core.TakeEffects(clock.Now).Read);
    }

    [Fact]
    public void S18_a_breaker_that_exists_takes_newer_settings_when_it_is_admitted_again_and_the_same_ones_write_nothing()
    {
        var rig = new AuthorityRig();
        rig.Clock.Pass(30);
        rig.Store();
        rig.Core.Admitted(rig.Policy, rig.Clock.Now);
        Assert.Null(rig.Effects().Write);

        rig.Core.Admitted(rig.Policy with { Version = 2, Settings = new BreakerSettings { FailureThreshold = 44 } }, rig.Clock.Now);

        Assert.Equal(44, rig.Store().Machine.Policy.Settings.FailureThreshold);
    }

    [Fact]
    public void S14_an_activation_that_ends_stores_the_time_in_its_state()
    {
        var rig = new AuthorityRig();
        new WorkerRig(rig).Succeed();
        rig.Clock.Pass(30);
        rig.Store();
        rig.Clock.Pass(3600);

        Assert.Equal(TimeSpan.FromSeconds(3630), rig.Core.TakeLastWrite(rig.Clock.Now)!.Machine.TimeInState[(int)BreakerState.Closed]);
        Assert.Null(new AuthorityRig(storeAnswers: false).Core.TakeLastWrite(rig.Clock.Now));
    }

    private static OperatorCommand Command(CommandKind kind) => new() { Kind = kind, Reason = "r", Actor = "a" };

    /// <summary>A closed breaker that was handed from activation to activation, each of which made a transition or several.</summary>
    private static StoredBreaker RowOf(int activations, bool commands = true)
    {
        var settings = new BreakerSettings { FailureThreshold = 1, Timeout = TimeSpan.FromSeconds(1), SuccessThreshold = 1 };
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

    [Fact]
    public void A_seal_needs_a_key_that_is_long_enough() =>
        Assert.Contains("at least 16", Assert.Throws<ArgumentException>(() => new SnapshotSealer(new byte[15])).Message, StringComparison.Ordinal);
}
