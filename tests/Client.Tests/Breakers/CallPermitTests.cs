using TaskerCore.Orleans.Client.Breakers.Nesting;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Breakers;

/// <summary>A call in two steps: its permit is acquired, and settled once.</summary>
public sealed class CallPermitTests
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

        var permit = await breaker.AcquireAsync(CancellationToken.None);
        Assert.True(permit.IsAcquired);
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
        CircuitBreaker.Settle(permit, Enter(permit), kind);

        Assert.Equal(Tally(kind), mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S3_an_open_breaker_rejects_counts_it_and_says_how_long(bool synchronous)
    {
        var mirror = new FakeMirror(BreakerState.Open);
        mirror.Clock.Advance(TimeSpan.FromSeconds(10));

        var permit = await AcquireAsync(mirror, synchronous);

        Assert.False(permit.IsAcquired);
        var exception = Assert.Throws<CircuitOpenException>(permit.ThrowIfRejected);
        Assert.Equal(("pgmq", TimeSpan.FromSeconds(20)), (exception.Component, exception.RetryAfter));
        Assert.Equal(OutcomeTally.Rejection, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S19_a_refused_breaker_admits_nothing_and_counts_nothing(bool synchronous)
    {
        var mirror = new FakeMirror();
        mirror.Become(BreakerState.Closed, new BreakerRefusal(RefusalKind.LimitReached, "50 exist"));

        var refused = await Assert.ThrowsAsync<BreakerRefusedException>(() => AcquireAsync(mirror, synchronous));

        Assert.Equal("50 exist", refused.Message);
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Theory]
    [InlineData(OutcomeKind.Success)]
    [InlineData(OutcomeKind.Failure)]
    [InlineData(OutcomeKind.Ignored)]
    public async Task S7_a_probe_is_settled_with_its_permit_exactly_once(OutcomeKind kind)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        var held = mirror.AddPermit();
        var breaker = Breaker(mirror);

        var permit = await breaker.AcquireAsync(CancellationToken.None);
        Assert.True(permit.IsAcquired);
        Assert.Empty(mirror.Settled);
        var call = Enter(permit);
        CircuitBreaker.Settle(permit, call, kind);
        CircuitBreaker.Settle(permit, call, OutcomeKind.Failure);

        Assert.Equal((held, Enum.Parse<ProbeResult>(kind.ToString()), null, false), Assert.Single(mirror.Settled));
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S5_without_a_free_permit_a_call_in_half_open_is_rejected(bool synchronous)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);

        var permit = await AcquireAsync(mirror, synchronous);

        Assert.False(permit.IsAcquired);
        Assert.Equal(BreakerState.HalfOpen, permit.Rejection.State);
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

        var permit = await AcquireAsync(mirror, synchronous);
        Assert.True(permit.IsAcquired);
        CircuitBreaker.Settle(permit, Enter(permit), OutcomeKind.Success);

        Assert.Equal(OutcomeTally.Success, mirror.Counted);
        Assert.Empty(mirror.Settled);
    }

    [Fact]
    public async Task A_cancelled_token_admits_nothing_before_or_while_a_permit_is_asked_for()
    {
        var mirror = new FakeMirror();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Breaker(mirror).AcquireAsync(new CancellationToken(canceled: true)).AsTask());
        mirror.Become(BreakerState.HalfOpen);
        mirror.OnAcquire = async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return null;
        };
        using var caller = new CancellationTokenSource();
        var asking = Breaker(mirror).AcquireAsync(caller.Token).AsTask();
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

        var permit = await breaker.AcquireAsync(CancellationToken.None);
        var call = Enter(permit);
        mirror.Clock.Advance(TimeSpan.FromMilliseconds(100));
        CircuitBreaker.Settle(permit, call, OutcomeKind.Success);

        var counted = mirror.Counted;
        Assert.Equal((1L, 1L, TimeSpan.FromMilliseconds(100)), (counted.Successes, counted.Counts.Slow, counted.Counts.TotalDuration));
    }

    [Fact]
    public async Task S8_a_call_counts_in_the_generation_that_admitted_it()
    {
        var mirror = new FakeMirror();
        var admittedBy = mirror.View;
        var breaker = Breaker(mirror);

        var permit = await breaker.AcquireAsync(CancellationToken.None);
        var call = Enter(permit);
        mirror.Become(BreakerState.Open);
        CircuitBreaker.Settle(permit, call, OutcomeKind.Failure);

        Assert.Equal(OutcomeTally.Failure, admittedBy.Counter.Collect()!.Tally);
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Theory]
    [InlineData(OutcomeKind.Success)]
    [InlineData(OutcomeKind.Failure)]
    [InlineData(OutcomeKind.Ignored)]
    public async Task A_users_own_call_counts_what_its_permit_is_settled_as(OutcomeKind kind)
    {
        var mirror = new FakeMirror();

        var permit = await Breaker(mirror).AcquireAsync();
        permit.Settle(kind);

        Assert.Equal(Tally(kind), mirror.Counted);
    }

    [Fact]
    public async Task S7_a_users_own_probe_is_settled_once_however_often_it_is_settled()
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        var held = mirror.AddPermit();

        var permit = await Breaker(mirror).AcquireAsync();
        permit.Settle(OutcomeKind.Failure);
        permit.Settle(OutcomeKind.Success);

        Assert.Equal((held, ProbeResult.Failure, null, false), Assert.Single(mirror.Settled));
    }

    [Fact]
    public async Task A_users_own_call_inside_a_guard_of_the_same_breaker_counts_once()
    {
        var mirror = new FakeMirror();
        var breaker = Breaker(mirror);

        await breaker.ExecuteAsync(async _ => (await breaker.AcquireAsync(CancellationToken.None)).Settle(OutcomeKind.Success));

        Assert.Equal(OutcomeTally.Success, mirror.Counted);
    }

    [Fact]
    public async Task S7_a_users_own_call_inside_a_probe_is_part_of_the_probe()
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        var held = mirror.AddPermit();
        var breaker = Breaker(mirror);

        await breaker.ExecuteAsync(async _ => (await breaker.AcquireAsync(CancellationToken.None)).Settle(OutcomeKind.Failure));

        Assert.Equal((held, ProbeResult.Failure, null, false), Assert.Single(mirror.Settled));
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Fact]
    public void The_default_value_is_no_permission_and_says_so()
    {
        Assert.False(default(CallPermit).IsAcquired);
        Assert.Throws<InvalidOperationException>(() => default(CallPermit).ThrowIfRejected());
        Assert.Throws<InvalidOperationException>(() => default(CallPermit).Settle(OutcomeKind.Success));
        Assert.Throws<ArgumentException>(() => CallPermit.Rejected(default));
    }

    [Fact]
    public void A_rejected_call_cannot_be_settled()
    {
        var rejected = CallPermit.Rejected(Rejection.From(new CircuitOpenException("pgmq")));

        Assert.Throws<InvalidOperationException>(() => rejected.Settle(OutcomeKind.Success));
        Assert.Equal("pgmq", Assert.Throws<CircuitOpenException>(rejected.ThrowIfRejected).Component);
    }

    private static OutcomeTally Tally(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Success => OutcomeTally.Success,
        OutcomeKind.Failure => OutcomeTally.Failure,
        _ => OutcomeTally.IgnoredCall,
    };

    private static GuardedCall Enter(in CallPermit permit)
    {
        var call = CircuitBreaker.Enter(permit);
        call.Leave();
        return call;
    }

    private static CircuitBreaker Breaker(FakeMirror mirror) => new(mirror, OutcomeClassifier.Default);

    private static async Task<CallPermit> AcquireAsync(FakeMirror mirror, bool synchronous)
    {
        var breaker = Breaker(mirror);
        return synchronous ? PermittedCall.Acquire(breaker, CancellationToken.None) : await breaker.AcquireAsync(CancellationToken.None);
    }
}
