namespace TaskerCore.Orleans.Client.Tests;

/// <summary>S11: what a failure is.</summary>
public sealed class OutcomeClassifierTests
{
    [Fact]
    public void S11_every_exception_is_a_failure_and_every_result_a_success_where_nothing_else_is_said()
    {
        Assert.Equal(OutcomeKind.Failure, OutcomeClassifier.Default.JudgeException(new TimeoutException(), CancellationToken.None));
        Assert.Equal(OutcomeKind.Success, OutcomeClassifier.Default.JudgeResult(503));
        Assert.False(OutcomeClassifier.Default.JudgesResults);
    }

    [Fact]
    public void S11_cancellation_is_ignored_only_if_the_caller_cancelled()
    {
        using var caller = new CancellationTokenSource();
        Assert.Equal(OutcomeKind.Failure, OutcomeClassifier.Default.JudgeException(new TaskCanceledException(), caller.Token));
        caller.Cancel();

        Assert.Equal(OutcomeKind.Ignored, OutcomeClassifier.Default.JudgeException(new TaskCanceledException(), caller.Token));
        Assert.Equal(OutcomeKind.Failure, OutcomeClassifier.Default.JudgeException(new TimeoutException(), caller.Token));
        Assert.Equal(
            OutcomeKind.Ignored, OutcomeClassifier.Default.OnException(_ => OutcomeKind.Failure).JudgeException(new OperationCanceledException(), caller.Token));
    }

    [Fact]
    public void S11_judgements_are_added_to_a_copy_and_keep_those_before()
    {
        var results = OutcomeClassifier.Default.OnResult<int>(_ => OutcomeKind.Failure);
        var both = results.OnException(_ => OutcomeKind.Ignored).OnResult<string>(_ => OutcomeKind.Ignored);

        Assert.Equal((OutcomeKind.Failure, OutcomeKind.Ignored, OutcomeKind.Success), (both.JudgeResult(1), both.JudgeResult("x"), both.JudgeResult(1L)));
        Assert.Equal(OutcomeKind.Ignored, both.JudgeException(new TimeoutException(), CancellationToken.None));
        Assert.Equal((OutcomeKind.Failure, OutcomeKind.Success), (results.JudgeResult(1), results.JudgeResult("x")));
        Assert.Equal(OutcomeKind.Failure, results.JudgeException(new TimeoutException(), CancellationToken.None));
        Assert.True(results.JudgesResults);
        Assert.Equal(OutcomeKind.Ignored, results.OnResult<int>(_ => OutcomeKind.Ignored).JudgeResult(1));
    }

    [Fact]
    public void A_judgement_is_needed()
    {
        Assert.Throws<ArgumentNullException>("classify", () => OutcomeClassifier.Default.OnException(null!));
        Assert.Throws<ArgumentNullException>("classify", () => OutcomeClassifier.Default.OnResult<int>(null!));
    }
}
