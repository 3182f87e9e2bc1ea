using TaskerCore.Orleans.Grains.Hubs;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Hubs;

/// <summary>C5: whose authority a hub calls next.</summary>
public sealed class AttachQueueTests
{
    private readonly TestClock _clock = new();
    private readonly AttachQueue _queue = new();

    [Fact]
    public void C5_the_one_that_is_due_first_is_in_front_and_of_equals_the_first_by_name()
    {
        _clock.Pass(10);
        var (late, early, same) = (Used("a", dueAt: 3), Used("c", dueAt: 2), Used("b", dueAt: 2));

        Assert.Equal(TimeSpan.FromSeconds(2), _queue.NextDue);
        Assert.Equal([same, early, late], new[] { Call(), Call(), Call() });
        Assert.Null(_queue.NextDue);
    }

    [Fact]
    public void C5_nobody_is_called_before_the_time()
    {
        Used("a", dueAt: 3);
        Assert.Null(_queue.Due(_clock.Now));

        _clock.Pass(3);

        Assert.Equal("a", _queue.Due(_clock.Now)?.Component);
    }

    [Fact]
    public void C5_a_breaker_that_comes_sooner_moves_to_the_front()
    {
        Used("a", dueAt: 3);
        var other = Used("b", dueAt: 5);

        other.AttachBy(TimeSpan.FromSeconds(1));
        _queue.Update(other);

        Assert.Equal(TimeSpan.FromSeconds(1), _queue.NextDue);
    }

    [Fact]
    public void C5_no_more_calls_are_under_way_than_may_be_and_one_that_ends_makes_room()
    {
        for (var number = 0; number <= AttachQueue.MaxUnderWay; number++)
        {
            Used($"c{number:000}", dueAt: 0);
        }

        var first = Call();
        for (var call = 1; call < AttachQueue.MaxUnderWay; call++)
        {
            Call();
        }

        Assert.Null(_queue.NextDue);
        first.AttachFailed(_clock.Now);
        _queue.Update(first);
        Assert.Equal("c128", _queue.Due(_clock.Now)?.Component);
    }

    private HubBreaker Used(string component, double dueAt)
    {
        var breaker = new HubBreaker(component) { Sessions = { Guid.NewGuid() } };
        breaker.AttachSucceeded(new() { Hub = "hub-0", Incarnation = Guid.Empty, Number = 1, Workers = 1, Claim = new() }, new(TimeSpan.FromHours(1), default));
        breaker.CallAgain(TimeSpan.FromSeconds(dueAt));
        _queue.Update(breaker);
        return breaker;
    }

    private HubBreaker Call()
    {
        var due = _queue.Due(_clock.Now)!;
        due.Attach("hub-0", Guid.Empty, number: 2, offer: false, _clock.Now);
        _queue.Update(due);
        return due;
    }
}
