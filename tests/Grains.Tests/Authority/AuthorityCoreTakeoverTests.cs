using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>C7, C9, S10: what an activation takes up from the store, and what it merges.</summary>
public sealed class AuthorityCoreTakeoverTests
{
    [Fact]
    public void S7_a_takeover_in_half_open_is_announced_pushed_and_stored_at_once()
    {
        var before = new AuthorityRig(new BreakerSettings { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(5) });
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
        var before = new AuthorityRig(new BreakerSettings { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(15) });
        new WorkerRig(before).Fail();
        var row = before.Store();

        var rig = new AuthorityRig(stored: row);

        Assert.Equal((BreakerState.Open, TimeSpan.FromSeconds(15), true), (rig.State, rig.Details.Remaining, rig.Details.Stored));
        Assert.Equal(TransitionCause.ConsecutiveFailures, rig.Core.History[0].Cause);
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

    private static OperatorCommand Command(CommandKind kind) => new() { Kind = kind, Reason = "r", Actor = "a" };
}
