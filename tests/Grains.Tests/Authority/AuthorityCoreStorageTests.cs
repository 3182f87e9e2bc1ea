using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>C6, C7, C9: the store.</summary>
public sealed class AuthorityCoreStorageTests
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
    public void C6_a_row_that_is_gone_is_written_again()
    {
        var rig = new AuthorityRig();
        new WorkerRig(rig).Fail();
        Assert.NotNull(rig.Effects().Write);

        rig.Core.WriteConflicted(null, rig.Clock.Now);

        Assert.Equal(BreakerState.Open, rig.Store().Machine.State);
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
}
