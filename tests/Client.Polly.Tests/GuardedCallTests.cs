using System.Net;
using System.Reflection;
using CsCheck;
using Polly;
using Polly.CircuitBreaker;
using TaskerCore.Orleans.Client.Http;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>The same breaker more than once on the way of one call: one admission, one count. And rejections of other breakers inside.</summary>
public sealed class GuardedCallTests
{
    private static readonly string[] Ways = [.. NestedGuards.All.Keys];
    private static readonly string[] Wrappings = ["none", "aggregate", "invocation", "request", "many"];
    private static readonly string[] Ends = ["success", "failure", "rejection", "pgmq"];

    public static TheoryData<string> AllWays => [.. Ways];

    [Fact]
    public void S12_random_nestings_of_one_breaker_count_once_while_closed_and_settle_one_permit_in_half_open()
    {
        var layer = Gen.Select(Gen.Int[0, Ways.Length - 1].Select(at => Ways[at]), Gen.Int[0, 3], Gen.Int[0, Wrappings.Length - 1].Select(at => Wrappings[at]));
        Gen.Select(layer.Array[1, 5], Gen.Int[0, Ends.Length - 1].Select(at => Ends[at]), Gen.Bool).ForAll(400, drawn =>
        {
            var (layers, end, halfOpen) = drawn;
            var mirror = new FakeMirror(halfOpen ? BreakerState.HalfOpen : BreakerState.Closed);
            if (halfOpen)
            {
                mirror.AddPermit();
            }

            var breaker = new CircuitBreaker(mirror, OutcomeClassifier.Default);
            RunAsync(breaker, layers, end).GetAwaiter().GetResult();

            var expected = end switch { "success" => OutcomeTally.Success, "rejection" => OutcomeTally.IgnoredCall, _ => OutcomeTally.Failure };
            Assert.Equal(halfOpen ? OutcomeTally.Empty : expected, mirror.Counted);
            Assert.Equal(
                halfOpen ? [end switch { "success" => ProbeResult.Success, "rejection" => ProbeResult.Ignored, _ => ProbeResult.Failure }] : [],
                mirror.Settled.Select(settled => settled.Result));
        });
    }

    [Theory]
    [MemberData(nameof(AllWays))]
    public async Task S5_one_name_guarded_twice_opens_at_the_threshold_and_closes_by_one_probe(string way)
    {
        using var worker = new LocalWorker(new BreakerSettings { FailureThreshold = 5, SuccessThreshold = 1 });
        var breaker = (CircuitBreaker)worker.Breaker;
        var guard = NestedGuards.All[way];
        for (var failed = 0; failed < 5; failed++)
        {
            Assert.Equal(BreakerState.Closed, worker.State);
            await Assert.ThrowsAsync<IOException>(() => breaker.ExecuteAsync(
                async ValueTask (_) => await guard(breaker, static () => throw new IOException("down"))).AsTask());
        }

        Assert.Equal(BreakerState.Open, worker.State);
        worker.Clock.Advance(breaker.Snapshot.Remaining!.Value);
        await breaker.ExecuteAsync(async ValueTask (_) => await guard(breaker, static () => Task.CompletedTask));

        Assert.Equal(BreakerState.Closed, worker.State);
    }

    [Theory]
    [MemberData(nameof(AllWays))]
    public async Task Inner_calls_at_once_and_one_after_another_are_one_call(string way)
    {
        var mirror = new FakeMirror();
        var breaker = new CircuitBreaker(mirror, OutcomeClassifier.Default);
        var guard = NestedGuards.All[way];

        await guard(breaker, async () =>
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => guard(breaker, static async () => await Task.Yield()))));
            await Assert.ThrowsAsync<IOException>(() => guard(breaker, static () => throw new IOException("first try")));
            await guard(breaker, static () => Task.CompletedTask);
        });

        Assert.Equal(OutcomeTally.Success, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(AllWays))]
    public async Task A_failure_that_the_inner_guard_saw_last_is_the_calls_though_the_outer_one_saw_a_result(string way)
    {
        var mirror = new FakeMirror();
        var breaker = new CircuitBreaker(mirror, OutcomeClassifier.Default);

        await NestedGuards.All[way](
            breaker, () => Assert.ThrowsAsync<IOException>(() => breaker.ExecuteAsync(static async ValueTask (_) =>
            {
                await Task.Yield();
                throw new IOException("down");
            }).AsTask()));

        Assert.Equal(OutcomeTally.Failure, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(AllWays))]
    public async Task What_a_call_leaves_running_counts_for_itself(string way)
    {
        var mirror = new FakeMirror();
        var breaker = new CircuitBreaker(mirror, OutcomeClassifier.Default);
        var guard = NestedGuards.All[way];
        var begins = new TaskCompletionSource();
        var ends = new TaskCompletionSource();
        var leftRunning = new List<Task>();

        await guard(breaker, () =>
        {
            leftRunning.Add(Task.Run(async () =>
            {
                await begins.Task;
                await guard(breaker, static () => Task.CompletedTask);
            }));
            leftRunning.Add(breaker.ExecuteAsync(_ => new ValueTask(ends.Task)).AsTask());
            return Task.CompletedTask;
        });
        Assert.Equal(1, mirror.Counted.Successes);
        begins.SetResult();
        ends.SetResult();
        await Task.WhenAll(leftRunning);

        Assert.Equal(2, mirror.Counted.Successes);
    }

    [Theory]
    [MemberData(nameof(AllWays))]
    public async Task Calls_one_after_another_each_count(string way)
    {
        var mirror = new FakeMirror();
        var breaker = new CircuitBreaker(mirror, OutcomeClassifier.Default);
        for (var call = 0; call < 10; call++)
        {
            await NestedGuards.All[way](breaker, call % 2 == 0 ? static () => Task.CompletedTask : static async () => await Task.Yield());
        }

        Assert.Equal(10, mirror.Counted.Successes);
    }

    [Theory]
    [MemberData(nameof(AllWays))]
    public async Task S8_an_inner_call_of_a_later_generation_is_admitted_and_counted_there_and_stands_for_the_whole_call(string way)
    {
        var mirror = new FakeMirror();
        var breaker = new CircuitBreaker(mirror, OutcomeClassifier.Default);
        var admittedBy = mirror.View.Counter;

        await NestedGuards.All[way](breaker, async () =>
        {
            mirror.Become(BreakerState.HalfOpen);
            mirror.AddPermit();
            await breaker.ExecuteAsync(static async ValueTask (_) => await Task.Yield());
        });

        Assert.Equal(ProbeResult.Success, Assert.Single(mirror.Settled).Result);
        Assert.Null(admittedBy.Collect());
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(AllWays))]
    public async Task An_inner_call_is_rejected_when_the_circuit_opened_meanwhile_and_that_is_no_failure_of_the_outer_one(string way)
    {
        var mirror = new FakeMirror();
        var breaker = new CircuitBreaker(mirror, OutcomeClassifier.Default);
        var admittedBy = mirror.View.Counter;

        await Assert.ThrowsAnyAsync<Exception>(() => NestedGuards.All[way](breaker, async () =>
        {
            mirror.Become(BreakerState.Open);
            await NestedGuards.All[way](breaker, static () => throw new InvalidOperationException("was called"));
        }));

        Assert.Equal(OutcomeTally.Rejection, mirror.Counted);
        Assert.Equal(OutcomeTally.IgnoredCall, admittedBy.Collect()!.Tally);
    }

    [Theory]
    [InlineData(999, true)]
    [InlineData(1000, false)]
    public async Task S7_an_inner_call_goes_with_a_probe_as_long_as_its_lease(int milliseconds, bool goesWithIt)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        mirror.AddPermit();
        var breaker = new CircuitBreaker(mirror, OutcomeClassifier.Default);

        var inner = await breaker.ExecuteAsync(async token =>
        {
            mirror.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            await Task.Yield();
            return new StrongOutcome(await breaker.TryExecuteAsync(static _ => new ValueTask<int>(1), token));
        });

        Assert.Equal(goesWithIt, !inner.Outcome.IsRejected);
        Assert.Single(mirror.Settled);
    }

    [Fact]
    public async Task Other_breakers_inside_are_admitted_and_counted_by_themselves()
    {
        var (outerMirror, innerMirror) = (new FakeMirror(), new FakeMirror());
        var (outer, inner) = (new CircuitBreaker(outerMirror, OutcomeClassifier.Default), new CircuitBreaker(innerMirror, OutcomeClassifier.Default));

        await Assert.ThrowsAsync<IOException>(() => outer.ExecuteAsync(token => inner.ExecuteAsync(static ValueTask (_) => throw new IOException("down"), token)).AsTask());

        Assert.Equal(OutcomeTally.Failure, outerMirror.Counted);
        Assert.Equal(OutcomeTally.Failure, innerMirror.Counted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_operation_sets_in_the_execution_context_stays_as_without_a_breaker(bool nested)
    {
        var local = new AsyncLocal<string>();
        var breaker = new CircuitBreaker(new FakeMirror(), OutcomeClassifier.Default);
        for (var call = 0; call < 3; call++)
        {
            local.Value = "before";
            breaker.Execute(() =>
            {
                local.Value = "set inside";
                if (nested)
                {
                    breaker.Execute(() => local.Value += ", twice");
                }
            });

            Assert.Equal(nested ? "set inside, twice" : "set inside", local.Value);
        }

        using (ExecutionContext.SuppressFlow())
        {
            breaker.Execute(() => Assert.True(ExecutionContext.IsFlowSuppressed()));
        }

        await breaker.ExecuteAsync(static async _ => await Task.Yield());
    }

    [Fact]
    public async Task S12_a_rejection_is_no_failure_for_a_users_judgement_either_unless_it_says_so()
    {
        var rejection = new HttpRequestException("wrapped", new AggregateException(Rejected()));
        var strict = OutcomeClassifier.Default.OnException(_ => OutcomeKind.Failure).OnResult<CallOutcome<int>>(_ => OutcomeKind.Failure);

        Assert.Equal(OutcomeKind.Ignored, strict.JudgeException(rejection, CancellationToken.None));
        Assert.Equal(OutcomeKind.Ignored, strict.JudgeResult(new CallOutcome<int>(Rejection.From(Rejected()))));
        Assert.Equal(OutcomeKind.Failure, strict.OnRejection(OutcomeKind.Failure).JudgeException(rejection, CancellationToken.None));
        Assert.Equal(OutcomeKind.Ignored, strict.JudgeException(new BrokenCircuitException(), CancellationToken.None));
        Assert.Equal(OutcomeKind.Ignored, strict.JudgeException(new IsolatedCircuitException(), CancellationToken.None));
        Assert.Equal(
            OutcomeKind.Failure, strict.JudgeException(new AggregateException(Rejected(), new IOException("one that was made")), CancellationToken.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => strict.OnRejection((OutcomeKind)7));

        var mirror = new FakeMirror();
        var pipeline = new ResiliencePipelineBuilder()
            .AddClusterCircuitBreaker(
                new CircuitBreaker(mirror, OutcomeClassifier.Default),
                new ClusterCircuitBreakerStrategyOptions { ShouldHandle = static _ => new(true) })
            .Build();
        await Assert.ThrowsAsync<HttpRequestException>(() => pipeline.ExecuteAsync(_ => throw rejection).AsTask());
        Assert.Equal(OutcomeTally.IgnoredCall, mirror.Counted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S12_a_rejection_told_by_a_response_is_no_failure_of_what_is_around_it(bool ensureSuccess)
    {
        var outerMirror = new FakeMirror();
        var outer = new CircuitBreaker(outerMirror, HttpOutcomes.Classifier);
        var handler = new CircuitBreakerHandler(
            "inner",
            _ => new CircuitBreaker(new FakeMirror(BreakerState.Open), OutcomeClassifier.Default),
            new HttpCircuitBreakerOptions { RejectWithResponse = true },
            new LatestClient(),
            TimeProvider.System);
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://host/");

        var call = outer.ExecuteAsync(async token =>
        {
            await Task.Yield();
            var response = await invoker.SendAsync(request, token);
            return ensureSuccess ? response.EnsureSuccessStatusCode() : response;
        }).AsTask();
        if (ensureSuccess)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => call);
        }
        else
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await call).StatusCode);
        }

        Assert.Equal(OutcomeTally.IgnoredCall, outerMirror.Counted);
    }

    private static CircuitOpenException Rejected() => new("other", BreakerState.Open, TimeSpan.FromSeconds(1));

    private static async Task RunAsync(CircuitBreaker breaker, (string Way, int Yields, string Wrapping)[] layers, string end)
    {
        var other = new CircuitBreaker(new FakeMirror(BreakerState.Open), OutcomeClassifier.Default);
        Func<Task> inside = end switch
        {
            "success" => static () => Task.CompletedTask,
            "failure" => static () => throw new IOException("down"),
            "rejection" => () => other.ExecuteAsync(static _ => default).AsTask(),
            _ => () => NestedGuards.FailingPgmqAsync(breaker),
        };
        foreach (var (way, yields, wrapping) in layers)
        {
            var (guard, further) = (NestedGuards.All[way], inside);
            inside = () => guard(breaker, async () =>
            {
                if ((yields & 1) != 0)
                {
                    await Task.Yield();
                }

                try
                {
                    await further();
                }
                catch (Exception exception) when (wrapping != "none")
                {
                    throw Wrap(exception, wrapping);
                }

                if ((yields & 2) != 0)
                {
                    await Task.Yield();
                }
            });
        }

        try
        {
            await inside();
            Assert.Equal("success", end);
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            Assert.NotEqual("success", end);
        }
    }

    private static Exception Wrap(Exception exception, string wrapping) => wrapping switch
    {
        "aggregate" => new AggregateException(exception),
        "invocation" => new TargetInvocationException(exception),
        "request" => new HttpRequestException("wrapped", exception),
        _ => new AggregateException(exception, new TargetInvocationException(exception)),
    };

    private sealed record StrongOutcome(CallOutcome<int> Outcome);
}
