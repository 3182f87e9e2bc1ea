namespace TaskerCore.Orleans.Client.Tests;

public sealed class RejectionTests
{
    [Fact]
    public void One_that_is_made_of_an_exception_says_the_same_and_makes_an_outcome_that_is_rejected()
    {
        var exception = new CircuitOpenException("pgmq", BreakerState.ForcedOpen, new Generation(7, Guid.NewGuid()), TimeSpan.FromSeconds(3));

        var outcome = new CallOutcome<int>(Rejection.From(exception));

        Assert.True(outcome.IsRejected);
        Assert.Equal(
            (exception.Component, exception.State, exception.Generation, exception.RetryAfter),
            (outcome.Rejection.Component, outcome.Rejection.State, outcome.Rejection.Generation, outcome.Rejection.RetryAfter));
        Assert.Equal(exception.Message, Assert.Throws<CircuitOpenException>(() => outcome.Result).Message);
    }
}
