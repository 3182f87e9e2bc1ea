using TaskerCore.Orleans.Grains.Metrics;
using static TaskerCore.Orleans.BreakerState;

namespace TaskerCore.Orleans.Grains.Tests.Metrics;

public sealed class StaysEndedTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly List<BreakerTransition> _history = [];
    private DateTimeOffset? _leftClosedAt;

    [Fact]
    public void A_stay_in_open_ends_with_the_transition_after_it()
    {
        Assert.Equal((null, null), Make(Closed, Open, 10));
        Assert.Equal((25, null), Make(Open, HalfOpen, 35));
        Assert.Equal((null, null), Make(HalfOpen, Open, 36));
        Assert.Equal((30, null), Make(Open, HalfOpen, 66));
    }

    [Fact]
    public void Recovery_is_from_leaving_closed_until_closed_again_however_often_it_was_open_meanwhile()
    {
        Make(Closed, Open, 10);
        Make(Open, HalfOpen, 20);
        Make(HalfOpen, Open, 21);
        Make(Open, HalfOpen, 31);

        Assert.Equal((null, 30), Make(HalfOpen, Closed, 40));
    }

    [Fact]
    public void Forced_open_is_a_stay_too_and_a_renewed_command_ends_one()
    {
        Make(Closed, ForcedOpen, 10);

        Assert.Equal((5, null), Make(ForcedOpen, ForcedOpen, 15));
        Assert.Equal((2, 7), Make(ForcedOpen, Closed, 17));
    }

    [Fact]
    public void A_reset_of_a_closed_breaker_is_no_recovery_and_leaves_nothing()
    {
        Make(Closed, Closed, 10);
        Make(Closed, Open, 20);

        Assert.Equal((3, 3), Make(Open, Closed, 23));
        Assert.Equal((null, null), Make(Closed, Closed, 30));
    }

    [Fact]
    public void Forced_closed_and_half_open_are_no_stay_in_open()
    {
        Make(Closed, ForcedClosed, 10);
        Assert.Equal((null, 5), Make(ForcedClosed, Closed, 15));
        Make(Closed, HalfOpen, 16);
        Assert.Equal((null, 1), Make(HalfOpen, Closed, 17));
    }

    [Fact]
    public void What_another_activation_began_is_measured_from_the_history_that_is_stored()
    {
        _history.Add(Transition(Closed, Open, 10, 4));
        _history.Add(Transition(Open, HalfOpen, 40, 5));

        Assert.Equal((null, 35), Make(HalfOpen, Closed, 45));
    }

    [Fact]
    public void A_breaker_that_fails_for_longer_than_the_history_reaches_is_measured_from_its_first_transition()
    {
        Make(Closed, Open, 10);
        for (var second = 20; second < 4000; second += 20)
        {
            Make(Open, HalfOpen, second);
            Make(HalfOpen, Open, second + 1);
        }

        Assert.DoesNotContain(_history, past => past.From == Closed);
        Assert.Equal(((3999 - 3981), 3989), Make(Open, Closed, 3999));
    }

    [Fact]
    public void The_history_knows_better_than_what_is_remembered()
    {
        Make(Closed, Open, 10);
        _history.Add(Transition(Open, Closed, 20, 50));
        _history.Add(Transition(Closed, Open, 30, 51));

        Assert.Equal((4, 4), Make(Open, Closed, 34));
    }

    [Fact]
    public void Where_nobody_knows_since_when_nothing_is_measured()
    {
        Assert.Equal((null, null), Make(Open, Closed, 10));
        _history.Clear();
        _history.Add(Transition(Closed, HalfOpen, 1, 7));

        Assert.Null(Make(Open, HalfOpen, 20).Open);
    }

    [Fact]
    public void A_transition_that_another_activation_made_after_it_is_not_before_it()
    {
        Make(Closed, Open, 10);
        _history.Add(Transition(Open, Open, 99, 2));
        var made = Transition(Open, HalfOpen, 15, 2);

        Assert.Equal(TimeSpan.FromSeconds(5), StaysEnded.By(made, _history, null).Open);
    }

    [Fact]
    public void A_clock_that_was_set_back_makes_no_negative_stay()
    {
        Make(Closed, Open, 10);

        Assert.Equal((0, 0), Make(Open, Closed, 5));
    }

    private (double? Open, double? Recovery) Make(BreakerState from, BreakerState to, double second)
    {
        var made = Transition(from, to, second, (_history.LastOrDefault()?.Generation.Number ?? 0) + 1);
        _history.Add(made);
        if (_history.Count > 100)
        {
            _history.RemoveAt(0);
        }

        var ended = StaysEnded.By(made, _history, _leftClosedAt);
        _leftClosedAt = ended.LeftClosedAt;
        return (ended.Open?.TotalSeconds, ended.Recovery?.TotalSeconds);
    }

    private static BreakerTransition Transition(BreakerState from, BreakerState to, double second, long number) => new()
    {
        From = from, To = to, Generation = new Generation(number, Guid.NewGuid()), At = Start.AddSeconds(second), Cause = TransitionCause.Merged,
    };
}
