using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Fleet.Live;
using TaskerCore.Orleans.PgmqWorker;

namespace TaskerCore.Orleans.Fleet.Tests.Live;

/// <summary>Each event is there once, with its reason.</summary>
public sealed class EventLogTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 13, 14, 15, TimeSpan.Zero);
    private readonly EventLog _log = new();

    [Fact]
    public void A_transition_that_three_workers_received_is_one_event_with_the_error_of_the_worker_that_decided()
    {
        _log.Apply(Now, "worker-1", new WorkerNews.FailedCall(1, "refused"));
        _log.Apply(Now, "worker-2", new WorkerNews.FailedCall(2, "reset"));
        foreach (var worker in new[] { "worker-1", "worker-2", "worker-3" })
        {
            _log.Apply(Now, worker, Opened("1.aa", "worker-1", BreakerMode.Connected));
        }

        Assert.Equal([new FleetEvent(Now, "closed -> open, consecutive failures, by worker-1", "refused", Ink.Bad)], _log.Events);
    }

    [Fact]
    public void The_error_is_the_last_one_before_the_transition()
    {
        _log.Apply(Now, "worker-1", new WorkerNews.FailedCall(1, "refused"));
        _log.Apply(Now, "worker-1", new WorkerNews.FailedCall(2, "reset"));
        _log.Apply(Now, "worker-1", Opened("1.aa", "worker-1", BreakerMode.Connected));
        _log.Apply(Now, "worker-1", new WorkerNews.FailedCall(3, "closed"));

        Assert.Equal(["reset"], _log.Events.Select(happened => happened.Why));
    }

    [Fact]
    public void The_error_may_be_reported_after_the_transition_that_it_caused()
    {
        _log.Apply(Now, "worker-1", Opened("1.aa", "worker-2", BreakerMode.Connected));
        _log.Apply(Now, "worker-3", new WorkerNews.FailedCall(1, "closed"));
        _log.Apply(Now, "worker-2", new WorkerNews.FailedCall(2, "refused"));
        _log.Apply(Now, "worker-2", new WorkerNews.FailedCall(3, "reset"));

        Assert.Equal(["refused"], _log.Events.Select(happened => happened.Why));
    }

    [Fact]
    public void An_error_explains_one_transition()
    {
        _log.Apply(Now, "worker-1", new WorkerNews.FailedCall(1, "refused"));
        _log.Apply(Now, "worker-1", Opened("1.aa", "worker-1", BreakerMode.Connected));
        _log.Apply(Now, "worker-2", Opened("3.aa", "worker-1", BreakerMode.Connected));
        _log.Apply(Now, "worker-1", new WorkerNews.FailedCall(12, "reset"));

        Assert.Equal(["refused", "reset"], _log.Events.Select(happened => happened.Why));
    }

    [Fact]
    public void A_transition_that_no_error_caused_has_none()
    {
        _log.Apply(Now, "worker-1", new WorkerNews.FailedCall(1, "refused"));
        _log.Apply(Now, "worker-1", new WorkerNews.SawTransition(
            2, BreakerState.HalfOpen, BreakerState.Closed, TransitionCause.ProbesSucceeded, "2.aa", "worker-1", BreakerMode.Connected));

        Assert.Equal([new FleetEvent(Now, "half-open -> closed, probes succeeded, by worker-1", null, Ink.Good)], _log.Events);
    }

    [Fact]
    public void What_workers_do_alone_at_about_the_same_time_is_one_event_with_their_names()
    {
        foreach (var (worker, at) in new[] { ("worker-3", 0), ("worker-1", 1), ("worker-2", 4) })
        {
            _log.Apply(Now.AddSeconds(at), worker, Opened($"2.{worker}", worker, BreakerMode.Local));
        }

        _log.Apply(Now.AddSeconds(5), "worker-1", Opened("4.worker-1", "worker-1", BreakerMode.Local));

        Assert.Equal(
            ["worker-1, worker-2 and worker-3 alone: closed -> open, consecutive failures", "worker-1 alone: closed -> open, consecutive failures"],
            _log.Events.Select(happened => happened.What));
    }

    [Fact]
    public void A_change_of_who_decides_for_a_worker_is_an_event()
    {
        foreach (var (mode, at) in new[] { (BreakerMode.Starting, 0), (BreakerMode.Connected, 1), (BreakerMode.Connected, 2), (BreakerMode.Local, 3), (BreakerMode.Local, 4), (BreakerMode.Connected, 20) })
        {
            _log.Apply(Now.AddSeconds(at), "worker-1", mode);
        }

        Assert.Equal(["worker-1 alone: no silo answers", "worker-1 in the cluster again"], _log.Events.Select(happened => happened.What));
    }

    [Fact]
    public void Two_hundred_events_are_kept()
    {
        for (var number = 0; number < 201; number++)
        {
            _log.Add(Now, $"{number}");
        }

        Assert.Equal((200, "1", "200"), (_log.Events.Count, _log.Events[0].What, _log.Events[^1].What));
    }

    private static WorkerNews.SawTransition Opened(string generation, string worker, BreakerMode mode) =>
        new(9, BreakerState.Closed, BreakerState.Open, TransitionCause.ConsecutiveFailures, generation, worker, mode);
}
