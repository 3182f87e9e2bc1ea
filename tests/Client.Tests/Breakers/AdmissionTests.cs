using TaskerCore.Orleans.Client.Breakers.Nesting;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Breakers;

/// <summary>A call in two steps: admitted, and settled once.</summary>
public sealed class AdmissionTests
{
    public static TheoryData<bool> Ways => [true, false];

    [Theory]
    [InlineData(OutcomeKind.Success)]
    [InlineData(OutcomeKind.Failure)]
    [InlineData(OutcomeKind.Ignored)]
    public async Task A_closed_breaker_admits_and_counts_what_the_call_is_settled_as(OutcomeKind kind)
    {
        var mirror = new FakeMirror();
        var breaker = Breaker(mirror);

        var admission = await breaker.AdmitAsync(CancellationToken.None);
        Assert.True(admission.IsAdmitted);
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
        breaker.Settle(admission, Enter(breaker, admission), kind);

        Assert.Equal(
            kind switch
            {
                OutcomeKind.Success => OutcomeTally.Success,
                OutcomeKind.Failure => OutcomeTally.Failure,
                _ => OutcomeTally.IgnoredCall,
            },
            mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S3_an_open_breaker_rejects_counts_it_and_says_how_long(bool synchronous)
    {
        var mirror = new FakeMirror(BreakerState.Open);
        mirror.Clock.Advance(TimeSpan.FromSeconds(10));

        var admission = await AdmitAsync(mirror, synchronous);

        Assert.Equal((false, false), (admission.IsAdmitted, admission.IsRefused));
        var exception = Assert.IsType<CircuitOpenException>(admission.ToException());
        Assert.Equal(("pgmq", TimeSpan.FromSeconds(20)), (exception.Component, exception.RetryAfter));
        Assert.Equal(OutcomeTally.Rejection, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S19_a_refused_breaker_admits_nothing_and_counts_nothing(bool synchronous)
    {
        var mirror = new FakeMirror();
        mirror.Become(BreakerState.Closed, new BreakerRefusal(RefusalKind.LimitReached, "50 exist"));

        var admission = await AdmitAsync(mirror, synchronous);

        Assert.Equal((false, true), (admission.IsAdmitted, admission.IsRefused));
        Assert.Equal("50 exist", Assert.IsType<BreakerRefusedException>(admission.ToException()).Message);
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Theory]
    [InlineData(OutcomeKind.Success)]
    [InlineData(OutcomeKind.Failure)]
    [InlineData(OutcomeKind.Ignored)]
    public async Task S7_a_probe_is_settled_with_its_permit_exactly_once(OutcomeKind kind)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        var permit = mirror.AddPermit();
        var breaker = Breaker(mirror);

        var admission = await breaker.AdmitAsync(CancellationToken.None);
        Assert.True(admission.IsAdmitted);
        Assert.Empty(mirror.Settled);
        var call = Enter(breaker, admission);
        breaker.Settle(admission, call, kind);
        breaker.Settle(admission, call, OutcomeKind.Failure);

        Assert.Equal((permit, Enum.Parse<ProbeResult>(kind.ToString()), null, false), Assert.Single(mirror.Settled));
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S5_without_a_free_permit_a_call_in_half_open_is_rejected(bool synchronous)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);

        var admission = await AdmitAsync(mirror, synchronous);

        Assert.False(admission.IsAdmitted);
        Assert.Equal(BreakerState.HalfOpen, admission.Rejection.State);
        Assert.Equal(OutcomeTally.Rejection, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_call_that_asked_for_a_permit_while_the_circuit_closed_is_simply_admitted(bool synchronous)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        mirror.OnAcquire = async _ =>
        {
            await Task.Yield();
            mirror.Become(BreakerState.Closed);
            return null;
        };

        var admission = await AdmitAsync(mirror, synchronous);
        Assert.True(admission.IsAdmitted);
        Breaker(mirror).Settle(admission, Enter(Breaker(mirror), admission), OutcomeKind.Success);

        Assert.Equal(OutcomeTally.Success, mirror.Counted);
        Assert.Empty(mirror.Settled);
    }

    [Fact]
    public async Task A_cancelled_token_admits_nothing_before_or_while_a_permit_is_asked_for()
    {
        var mirror = new FakeMirror();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Breaker(mirror).AdmitAsync(new CancellationToken(canceled: true)).AsTask());
        mirror.Become(BreakerState.HalfOpen);
        mirror.OnAcquire = async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return null;
        };
        using var caller = new CancellationTokenSource();
        var asking = Breaker(mirror).AdmitAsync(caller.Token).AsTask();
        Assert.False(asking.IsCompleted);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
        Assert.Empty(mirror.Settled);
    }

    [Fact]
    public async Task S2_the_duration_is_measured_where_slow_calls_are_configured()
    {
        var mirror = new FakeMirror(settings: new BreakerSettings { SlowCallDuration = TimeSpan.FromMilliseconds(100) });
        var breaker = Breaker(mirror);

        var admission = await breaker.AdmitAsync(CancellationToken.None);
        var call = Enter(breaker, admission);
        mirror.Clock.Advance(TimeSpan.FromMilliseconds(100));
        breaker.Settle(admission, call, OutcomeKind.Success);

        var counted = mirror.Counted;
        Assert.Equal((1L, 1L, TimeSpan.FromMilliseconds(100)), (counted.Successes, counted.Counts.Slow, counted.Counts.TotalDuration));
    }

    [Fact]
    public async Task S8_a_call_counts_in_the_generation_that_admitted_it()
    {
        var mirror = new FakeMirror();
        var admittedBy = mirror.View;
        var breaker = Breaker(mirror);

        var admission = await breaker.AdmitAsync(CancellationToken.None);
        var call = Enter(breaker, admission);
        mirror.Become(BreakerState.Open);
        breaker.Settle(admission, call, OutcomeKind.Failure);

        Assert.Equal(OutcomeTally.Failure, admittedBy.Counter.Collect()!.Tally);
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Fact]
    public void A_breaker_of_another_making_is_refused_with_the_way_to_get_one()
    {
        var mirror = new FakeMirror();
        var own = Breaker(mirror);

        Assert.Same(own, CircuitBreaker.Of(own));
        var fault = Assert.Throws<ArgumentException>(() => CircuitBreaker.Of(new UsersOwn(own)));
        Assert.Contains("UsersOwn; take one that ICircuitBreakerManager.Get", fault.Message, StringComparison.Ordinal);
    }

    private static GuardedCall Enter(CircuitBreaker breaker, in CircuitBreaker.Admission admission)
    {
        var call = breaker.Enter(admission);
        call.Leave();
        return call;
    }

    private static CircuitBreaker Breaker(FakeMirror mirror) => new(mirror, OutcomeClassifier.Default);

    private static async Task<CircuitBreaker.Admission> AdmitAsync(FakeMirror mirror, bool synchronous)
    {
        var breaker = Breaker(mirror);
        return synchronous ? breaker.Admit(CancellationToken.None) : await breaker.AdmitAsync(CancellationToken.None);
    }
}
