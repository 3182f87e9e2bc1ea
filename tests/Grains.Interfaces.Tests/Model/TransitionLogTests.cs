namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Model;

/// <summary>S14: how often each kind of transition occurred.</summary>
public sealed class TransitionLogTests
{
    private readonly TransitionLog _log = new(TimeSpan.Zero);

    [Fact]
    public void S14_each_kind_is_counted_once_in_the_order_of_the_states()
    {
        Append(BreakerState.Open, BreakerState.HalfOpen);
        Append(BreakerState.Closed, BreakerState.Open);
        Append(BreakerState.Open, BreakerState.Closed);
        Append(BreakerState.Closed, BreakerState.Open);
        Append(BreakerState.HalfOpen, BreakerState.Closed);

        Assert.Equal(
            new TransitionCount[]
            {
                new(BreakerState.Closed, BreakerState.Open, 2),
                new(BreakerState.Open, BreakerState.Closed, 1),
                new(BreakerState.Open, BreakerState.HalfOpen, 1),
                new(BreakerState.HalfOpen, BreakerState.Closed, 1),
            }.OrderBy(kind => kind.From).ThenBy(kind => kind.To),
            _log.Counts);
    }

    [Fact]
    public void S14_what_was_counted_before_is_counted_on()
    {
        Append(BreakerState.Closed, BreakerState.ForcedOpen);

        _log.Restate(
            [new(BreakerState.Open, BreakerState.HalfOpen, 3), new(BreakerState.Closed, BreakerState.Open, 5)], [], TimeSpan.FromSeconds(1));
        Append(BreakerState.Closed, BreakerState.Open);
        Append(BreakerState.Open, BreakerState.HalfOpen);

        Assert.Equal([new(BreakerState.Closed, BreakerState.Open, 6), new(BreakerState.Open, BreakerState.HalfOpen, 4)], _log.Counts);
    }

    private void Append(BreakerState from, BreakerState to) => _log.Append(
        new BreakerTransition
        {
            From = from,
            To = to,
            Generation = new Generation(_log.History.Count + 1, Guid.Empty),
            Cause = TransitionCause.ForceOpen,
            At = DateTimeOffset.UnixEpoch,
        },
        TimeSpan.FromSeconds(1));
}
