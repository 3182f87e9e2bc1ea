using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.HotPath;

/// <summary>What a failing call costs beside itself: no further throw where none is needed.</summary>
public sealed class ThrowTests
{
    [Fact]
    public void A_call_that_has_failed_when_it_returns_passes_through_every_form_without_being_thrown()
    {
        var breaker = new CircuitBreaker(new FakeMirror(), OutcomeClassifier.Default);
        var failed = Task.FromException<int>(new IOException("down"));

        Assert.Equal(0, CallCost.ThrowsOf(() => breaker.TryExecuteAsync((_, _) => new ValueTask<int>(failed), 1)));
        Assert.Equal(0, CallCost.ThrowsOf(() => breaker.ExecuteAsync((_, _) => new ValueTask<int>(failed), 1)));
        Assert.Equal(0, CallCost.ThrowsOf(() => breaker.ExecuteAsync(_ => new ValueTask((Task)failed))));
        Assert.Equal(0, CallCost.ThrowsOf(() => breaker.ExecuteAsync(_ => failed)));
    }

    [Fact]
    public async Task A_failure_that_is_passed_on_keeps_the_stack_of_where_it_was_thrown()
    {
        var breaker = new CircuitBreaker(new FakeMirror(), OutcomeClassifier.Default);

        var exception = await Assert.ThrowsAsync<IOException>(() => breaker.ExecuteAsync(_ => FailLaterAsync()).AsTask());
        var atOnce = await Assert.ThrowsAsync<IOException>(() => breaker.ExecuteAsync(_ => FailAtOnceAsync()).AsTask());

        Assert.Contains(nameof(FailLaterAsync), exception.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(FailAtOnceAsync), atOnce.StackTrace, StringComparison.Ordinal);
    }

    private static async ValueTask<int> FailLaterAsync()
    {
        await Task.Yield();
        throw new IOException("down");
    }

    private static async ValueTask<int> FailAtOnceAsync()
    {
        await Task.CompletedTask;
        throw new IOException("down");
    }
}
