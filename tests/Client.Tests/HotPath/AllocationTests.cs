using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.HotPath;

/// <summary>What a call that completes at once allocates: nothing.</summary>
public sealed class AllocationTests
{
    private static readonly Func<int, CancellationToken, ValueTask<int>> Async = static (state, _) => new(state);
    private static readonly Func<int, CancellationToken, int> Sync = static (state, _) => state;
    private static readonly Func<CancellationToken, ValueTask> Nothing = static _ => default;
    private static readonly Func<int> Plain = static () => 1;

    [Theory]
    [InlineData(BreakerState.Closed)]
    [InlineData(BreakerState.Open)]
    public void C2_a_closed_call_and_a_rejection_allocate_nothing(BreakerState state)
    {
        var breaker = new CircuitBreaker(new FakeMirror(state), OutcomeClassifier.Default);

        Assert.Equal(0, CallCost.AllocatedBy(() => breaker.TryExecute(Sync, 1)));
        Assert.Equal(0, CallCost.AllocatedBy(() => breaker.TryExecuteAsync(Async, 1)));
        Assert.Equal(0, CallCost.AllocatedBy(() => breaker.TryExecute(Plain)));
    }

    [Fact]
    public void C2_the_throwing_forms_allocate_nothing_while_closed_slow_call_measuring_included()
    {
        var plain = new CircuitBreaker(new FakeMirror(), OutcomeClassifier.Default);
        var measuring = new CircuitBreaker(
            new FakeMirror(settings: new BreakerSettings { SlowCallDuration = TimeSpan.FromSeconds(1) }), OutcomeClassifier.Default);

        Assert.Equal(0, CallCost.AllocatedBy(() => plain.Execute(Plain)));
        Assert.Equal(0, CallCost.AllocatedBy(() => plain.ExecuteAsync(Async, 1)));
        Assert.Equal(0, CallCost.AllocatedBy(() => measuring.ExecuteAsync(Async, 1)));
        Assert.Equal(0, CallCost.AllocatedBy(() => plain.ExecuteAsync(Nothing)));
        Assert.Equal(0, CallCost.AllocatedBy(() => plain.TryExecuteAsync(Nothing)));
    }

    [Fact]
    public void A_call_that_has_failed_when_it_returns_allocates_only_what_reading_its_exception_does()
    {
        var breaker = new CircuitBreaker(new FakeMirror(), OutcomeClassifier.Default);
        var failed = Task.FromException<int>(new IOException("down"));
        Func<int, CancellationToken, ValueTask<int>> fail = (_, _) => new(failed);

        var reading = CallCost.AllocatedBy(() => failed.Exception);
        Assert.Equal(reading, CallCost.AllocatedBy(() => breaker.ExecuteAsync(fail, 1)));
    }

    [Theory]
    [InlineData(BreakerState.Closed)]
    [InlineData(BreakerState.Open)]
    public void C2_a_call_in_two_steps_allocates_nothing(BreakerState state)
    {
        var breaker = new CircuitBreaker(new FakeMirror(state), OutcomeClassifier.Default);

        Assert.Equal(0, CallCost.AllocatedBy(() =>
        {
            var permit = PermittedCall.Acquire(breaker, CancellationToken.None);
            if (permit.IsAcquired)
            {
                var guarded = CircuitBreaker.Enter(permit);
                guarded.Leave();
                CircuitBreaker.Settle(permit, guarded, OutcomeKind.Success);
            }

            return permit.IsAcquired;
        }));
        Assert.Equal(0, CallCost.AllocatedBy(() =>
        {
            var permit = PermittedCall.Acquire(breaker, CancellationToken.None);
            if (permit.IsAcquired)
            {
                permit.Settle(OutcomeKind.Success);
            }

            return permit.IsAcquired;
        }));
    }
}
