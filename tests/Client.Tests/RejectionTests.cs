namespace TaskerCore.Orleans.Client.Tests;

public sealed class RejectionTests
{
    [Fact]
    public void One_that_is_made_of_an_exception_says_the_same_and_makes_an_outcome_that_is_rejected()
    {
        var exception = new CircuitOpenException("pgmq", BreakerState.ForcedOpen, TimeSpan.FromSeconds(3))
        {
            Generation = new Generation(7, Guid.NewGuid()),
            Cause = TransitionCause.ForceOpen,
            Actor = "ann",
            Reason = "migration",
        };

        var outcome = new CallOutcome<int>(Rejection.From(exception));

        Assert.True(outcome.IsRejected);
        Assert.Equal(
            (exception.Component, exception.State, exception.Generation, exception.RetryAfter, exception.Cause, exception.Actor, exception.Reason),
            (outcome.Rejection.Component, outcome.Rejection.State, outcome.Rejection.Generation, outcome.Rejection.RetryAfter,
                outcome.Rejection.Cause, outcome.Rejection.Actor, outcome.Rejection.Reason));
        Assert.Equal(exception.Message, Assert.Throws<CircuitOpenException>(() => outcome.Result).Message);
    }

    [Fact]
    public void An_outcome_that_nobody_made_is_neither_a_result_nor_a_rejection()
    {
        var nothing = default(CallOutcome<int>);

        Assert.False(nothing.IsRejected);
        Assert.Throws<InvalidOperationException>(() => nothing.Result);
        Assert.Equal((7, 0), (nothing.GetResultOrDefault(7), nothing.GetResultOrDefault()));
        Assert.False(new CallOutcome<int>(default(Rejection)).IsRejected);
        Assert.Throws<InvalidOperationException>(() => new CallOutcome<int>(default(Rejection)).Result);
    }

    [Fact]
    public void The_message_of_a_forced_open_circuit_names_the_operator_and_the_reason()
    {
        var known = new CircuitOpenException("pgmq", BreakerState.ForcedOpen) { Actor = "ann", Reason = "migration" };

        Assert.Equal("The circuit 'pgmq' was forced open by ann (\"migration\"); until an operator releases it.", known.Message);
        Assert.Equal(
            "The circuit 'pgmq' was forced open by an operator; retry in 1.5 s.",
            new CircuitOpenException("pgmq", BreakerState.ForcedOpen, TimeSpan.FromSeconds(1.5)).Message);
    }

    [Fact]
    public void The_message_of_an_open_circuit_names_the_cause()
    {
        var open = new CircuitOpenException("pgmq", retryAfter: TimeSpan.FromSeconds(15)) { Cause = TransitionCause.FailureRate };

        Assert.Equal("The circuit 'pgmq' is open (failure_rate); retry in 15 s.", open.Message);
    }

    [Fact]
    public void Every_exception_of_a_breaker_is_a_CircuitBreakerException_with_its_component()
    {
        CircuitBreakerException[] all =
        [
            new CircuitOpenException("pgmq"),
            new BreakerRefusedException("pgmq", new BreakerRefusal(RefusalKind.LimitReached, "full")),
            new ClusterUnavailableException("no silo"),
        ];

        Assert.Equal(["pgmq", "pgmq", null], all.Select(one => one.Component));
    }
}
