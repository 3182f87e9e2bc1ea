using TaskerCore.Orleans.Grains.Storage;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Storage;

/// <summary>C6, S14: when a row is written.</summary>
public sealed class WriteBehindTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private readonly TestClock _clock = new();
    private readonly WriteBehind _store;

    public WriteBehindTests()
    {
        _clock.Pass(100);
        _store = new WriteBehind(_clock.Now);
    }

    [Fact]
    public void C6_nothing_is_written_before_the_store_was_read()
    {
        _store.Changed(urgent: true);
        Assert.False(_store.MayWrite);
        Assert.Null(_store.NextDue(Interval));
        Assert.False(_store.TryBegin(Interval, _clock.Now, atOnce: true));
        Assert.True(_store.IsDirty);

        _store.ReadSucceeded(_clock.Now);

        Assert.True(_store.MayWrite);
        Assert.True(_store.TryBegin(Interval, _clock.Now));
    }

    [Fact]
    public void Nothing_is_due_where_nothing_changed()
    {
        _store.ReadSucceeded(_clock.Now);
        _clock.Pass(1000);

        Assert.False(_store.IsDirty);
        Assert.Null(_store.NextDue(Interval));
        Assert.False(_store.TryBegin(Interval, _clock.Now, atOnce: true));
    }

    [Fact]
    public void S14_totals_wait_for_their_interval_since_the_last_write_and_a_transition_does_not()
    {
        _store.ReadSucceeded(_clock.Now);
        _store.Changed(urgent: false);
        Assert.Equal(TimeSpan.FromSeconds(130), _store.NextDue(Interval));
        Assert.False(_store.TryBegin(Interval, _clock.Now));

        _store.Changed(urgent: true);
        _store.Changed(urgent: false);
        Assert.Equal(TimeSpan.FromSeconds(100), _store.NextDue(Interval));
        Assert.True(_store.TryBegin(Interval, _clock.Now));
        _clock.Pass(1);
        _store.Succeeded(_clock.Now);

        _store.Changed(urgent: false);
        Assert.Equal(TimeSpan.FromSeconds(131), _store.NextDue(Interval));
    }

    [Fact]
    public void S14_an_activation_that_ends_writes_what_is_left_at_once()
    {
        _store.ReadSucceeded(_clock.Now);
        _store.Changed(urgent: false);

        Assert.True(_store.TryBegin(Interval, _clock.Now, atOnce: true));
    }

    [Fact]
    public void C6_while_a_write_is_under_way_there_is_no_other_and_the_row_is_not_stored()
    {
        _store.ReadSucceeded(_clock.Now);
        _store.Changed(urgent: true);
        _store.TryBegin(Interval, _clock.Now);

        Assert.True(_store.InFlight);
        Assert.True(_store.IsDirty);
        _store.Changed(urgent: true);
        Assert.Null(_store.NextDue(Interval));
        Assert.False(_store.TryBegin(Interval, _clock.Now, atOnce: true));
        _store.Succeeded(_clock.Now);

        Assert.True(_store.TryBegin(Interval, _clock.Now));
        _store.Succeeded(_clock.Now);
        Assert.False(_store.IsDirty);
        Assert.False(_store.InFlight);
    }

    [Fact]
    public void C6_what_a_failed_write_held_is_dirty_again_as_urgent_as_it_was()
    {
        _store.ReadSucceeded(_clock.Now);
        _store.Changed(urgent: true);
        _store.TryBegin(Interval, _clock.Now);
        _store.Failed(_clock.Now);

        Assert.True(_store.IsDirty);
        Assert.Equal(1, _store.Failures);
        Assert.Equal(TimeSpan.FromSeconds(100.2), _store.NextDue(Interval));
        _clock.Pass(0.2);
        _store.TryBegin(Interval, _clock.Now);
        _store.Succeeded(_clock.Now);
        Assert.Equal(0, _store.Failures);

        _clock.Pass(Interval.TotalSeconds);
        _store.Changed(urgent: false);
        Assert.True(_store.TryBegin(Interval, _clock.Now));
        _store.Failed(_clock.Now);
        Assert.Equal(_clock.Now.Elapsed + TimeSpan.FromSeconds(0.2), _store.NextDue(Interval));
    }

    [Fact]
    public void C6_a_transition_that_came_while_another_was_being_written_stays_urgent_when_that_fails()
    {
        _store.ReadSucceeded(_clock.Now);
        _store.Changed(urgent: true);
        _store.TryBegin(Interval, _clock.Now);
        _store.Changed(urgent: true);
        _store.Failed(_clock.Now);

        Assert.Equal(TimeSpan.FromSeconds(100.2), _store.NextDue(Interval));
    }

    [Fact]
    public void C6_a_write_that_failed_is_not_repeated_before_its_pause_however_urgent()
    {
        _store.ReadSucceeded(_clock.Now);
        _store.Changed(urgent: false);
        _store.TryBegin(TimeSpan.Zero, _clock.Now);
        _store.Failed(_clock.Now);

        Assert.Equal(TimeSpan.FromSeconds(100.2), _store.NextDue(TimeSpan.Zero));
        _store.Changed(urgent: true);
        Assert.False(_store.TryBegin(TimeSpan.Zero, _clock.Now));
    }

    [Fact]
    public void C6_after_a_conflict_it_is_written_again_at_once()
    {
        _store.ReadSucceeded(_clock.Now);
        _store.Changed(urgent: true);
        _store.TryBegin(Interval, _clock.Now);
        _store.Failed(_clock.Now);
        _clock.Pass(0.2);
        _store.TryBegin(Interval, _clock.Now);
        _store.Conflicted(_clock.Now);

        Assert.Equal(1, _store.Failures);
        Assert.True(_store.TryBegin(Interval, _clock.Now));
    }

    [Fact]
    public void What_is_stored_waits_for_nothing()
    {
        Assert.Null(_store.WaitingSince(Interval));
        _store.ReadSucceeded(_clock.Now);
        _store.Changed(urgent: true);
        Begin();
        _store.Succeeded(_clock.Now);

        Assert.Null(_store.WaitingSince(Interval));
    }

    [Fact]
    public void A_transition_waits_from_when_it_was_made_until_it_is_stored()
    {
        _store.ReadSucceeded(_clock.Now);
        _clock.Pass(100);
        _store.Changed(urgent: true);
        Begin();
        _clock.Pass(1);
        Assert.Equal(TimeSpan.FromSeconds(200), _store.WaitingSince(Interval));

        _store.Failed(_clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(200), _store.WaitingSince(Interval));
        _clock.Pass(0.2);
        _store.Changed(urgent: true);
        Begin();
        Assert.Equal(TimeSpan.FromSeconds(200), _store.WaitingSince(Interval));
        _store.Conflicted(_clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(200), _store.WaitingSince(Interval));
    }

    [Fact]
    public void A_transition_that_comes_while_another_is_written_waits_from_its_own_time()
    {
        _store.ReadSucceeded(_clock.Now);
        _store.Changed(urgent: true);
        Begin();
        _clock.Pass(1);
        _store.Changed(urgent: true);
        Assert.False(_store.TryBegin(Interval, _clock.Now));
        _clock.Pass(1);
        _store.Succeeded(_clock.Now);

        Assert.Equal(TimeSpan.FromSeconds(101), _store.WaitingSince(Interval));
        Begin();
        Assert.Equal(TimeSpan.FromSeconds(101), _store.WaitingSince(Interval));
        _store.Failed(_clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(101), _store.WaitingSince(Interval));
    }

    [Fact]
    public void Totals_wait_from_their_interval_and_those_that_came_after_it_from_when_they_came()
    {
        _store.ReadSucceeded(_clock.Now);
        _clock.Pass(10);
        _store.Changed(urgent: false);
        Assert.False(_store.TryBegin(Interval, _clock.Now));
        Assert.Equal(TimeSpan.FromSeconds(130), _store.WaitingSince(Interval));

        _clock.Pass(20);
        Begin();
        _clock.Pass(1);
        _store.Failed(_clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(130), _store.WaitingSince(Interval));
        _clock.Pass(1);
        Begin();
        _store.Succeeded(_clock.Now);

        _clock.Pass(1000);
        _store.Changed(urgent: false);
        Begin();
        Assert.Equal(_clock.Now.Elapsed, _store.WaitingSince(Interval));
    }

    [Fact]
    public void A_transition_does_not_wait_since_totals_were_due_after_it_nor_totals_since_a_transition_after_them()
    {
        _store.ReadSucceeded(_clock.Now);
        _store.Changed(urgent: false);
        Assert.False(_store.TryBegin(Interval, _clock.Now));
        _clock.Pass(5);
        _store.Changed(urgent: true);
        Begin();
        Assert.Equal(TimeSpan.FromSeconds(105), _store.WaitingSince(Interval));
        _store.Changed(urgent: false);
        Assert.False(_store.TryBegin(Interval, _clock.Now));
        _store.Failed(_clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(105), _store.WaitingSince(Interval));
        _clock.Pass(0.2);
        Begin();
        _store.Succeeded(_clock.Now);
        Assert.Null(_store.WaitingSince(Interval));

        _clock.Pass(30);
        _store.Changed(urgent: false);
        Begin();
        _clock.Pass(1);
        _store.Changed(urgent: true);
        Assert.False(_store.TryBegin(Interval, _clock.Now));
        _store.Failed(_clock.Now);
        Assert.Equal(_clock.Now.Elapsed - TimeSpan.FromSeconds(1), _store.WaitingSince(Interval));
    }

    [Fact]
    public void What_cannot_be_written_because_the_store_was_not_read_waits_all_the_same()
    {
        _store.Changed(urgent: true);
        Assert.False(_store.TryBegin(Interval, _clock.Now));

        Assert.Equal(TimeSpan.FromSeconds(100), _store.WaitingSince(Interval));
    }

    [Fact]
    public void What_waits_waits_from_when_it_came_and_where_nothing_came_nothing_does()
    {
        Assert.False(_store.TryBegin(Interval, _clock.Now));
        Assert.Null(_store.WaitingSince(Interval));

        _clock.Pass(50);
        _store.Changed(urgent: false);
        Assert.False(_store.TryBegin(Interval, _clock.Now));
        _clock.Pass(10);
        Assert.False(_store.TryBegin(Interval, _clock.Now));

        Assert.Equal(TimeSpan.FromSeconds(150), _store.WaitingSince(Interval));
    }

    [Fact]
    public void Totals_whose_write_failed_are_no_transition()
    {
        _store.ReadSucceeded(_clock.Now);
        _clock.Pass(40);
        _store.Changed(urgent: false);
        Begin();
        _store.Failed(_clock.Now);

        Assert.Equal(TimeSpan.FromSeconds(140), _store.WaitingSince(Interval));
        Assert.Equal(TimeSpan.FromSeconds(160), _store.WaitingSince(2 * Interval));
    }

    private void Begin() => Assert.True(_store.TryBegin(Interval, _clock.Now));
}
