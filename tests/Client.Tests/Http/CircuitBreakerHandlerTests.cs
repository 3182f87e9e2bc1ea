using System.Net;
using System.Net.Http.Headers;
using TaskerCore.Orleans.Client.Http;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Http;

/// <summary>What a request costs, gives and counts, in each state.</summary>
public sealed class CircuitBreakerHandlerTests
{
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(100);

    public static TheoryData<bool> Ways => [true, false];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_response_passes_unaltered_and_counts_as_what_it_says(bool synchronous)
    {
        var mirror = new FakeMirror();
        using var busy = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)
        {
            Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7)) },
        };

        Assert.Same(busy, await SendAsync(mirror, synchronous, Answering(busy)));
        Assert.Equal(TimeSpan.FromSeconds(7), busy.Headers.RetryAfter!.Delta);
        Assert.Equal(OutcomeTally.Failure, mirror.Counted);
        await SendAsync(mirror, synchronous, Answering(new HttpResponseMessage(HttpStatusCode.NotFound)));
        Assert.Equal(OutcomeTally.Success, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_transports_exception_passes_unaltered_and_is_a_failure(bool synchronous)
    {
        var mirror = new FakeMirror();
        var refused = new HttpRequestException(HttpRequestError.ConnectionError);

        var thrown = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(mirror, synchronous, new StubServer((_, _) => throw refused)));

        Assert.Same(refused, thrown);
        Assert.Equal(OutcomeTally.Failure, mirror.Counted);
    }

    [Theory]
    [InlineData(89, false)]
    [InlineData(90, true)]
    public async Task S11_a_cancelled_request_is_a_timeout_when_it_ran_as_long_as_one(int seconds, bool isFailure)
    {
        var mirror = new FakeMirror();
        using var caller = new CancellationTokenSource();
        var hangs = new StubServer((_, token) =>
        {
            mirror.Clock.Advance(TimeSpan.FromSeconds(seconds));
            caller.Cancel();
            return Task.FromCanceled<HttpResponseMessage>(token);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(mirror, false, hangs, cancellationToken: caller.Token));

        Assert.Equal(isFailure ? OutcomeTally.Failure : OutcomeTally.IgnoredCall, mirror.Counted);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(Timeout.Infinite, false)]
    public async Task From_when_on_a_cancelled_request_is_a_timeout_can_be_said(int after, bool isFailure)
    {
        var mirror = new FakeMirror();
        using var caller = new CancellationTokenSource();
        var hangs = new StubServer((_, token) =>
        {
            mirror.Clock.Advance(TimeSpan.FromHours(1));
            caller.Cancel();
            return Task.FromCanceled<HttpResponseMessage>(token);
        });
        var options = new HttpCircuitBreakerOptions { TimeoutAfter = after < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(after) };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(mirror, false, hangs, options, cancellationToken: caller.Token));

        Assert.Equal(isFailure ? OutcomeTally.Failure : OutcomeTally.IgnoredCall, mirror.Counted);
    }

    [Fact]
    public async Task S11_a_timeout_inside_is_a_failure_at_once()
    {
        var mirror = new FakeMirror();
        var slow = new StubServer((_, _) => throw new TaskCanceledException("no connection in time", new TimeoutException()));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(mirror, false, slow));

        Assert.Equal(OutcomeTally.Failure, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S3_a_rejected_request_is_not_sent_and_throws(bool synchronous)
    {
        var mirror = new FakeMirror(BreakerState.Open);
        var server = Answering(new HttpResponseMessage());

        var exception = await Assert.ThrowsAsync<CircuitOpenException>(() => SendAsync(mirror, synchronous, server));

        Assert.Equal((TimeSpan.FromSeconds(30), 0), (exception.RetryAfter, server.Requests));
        Assert.Equal(OutcomeTally.Rejection, mirror.Counted);
    }

    [Fact]
    public async Task A_rejected_request_may_get_a_response_instead()
    {
        var mirror = new FakeMirror(BreakerState.Open);
        mirror.Clock.Advance(TimeSpan.FromSeconds(12.5));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://host/") { Version = HttpVersion.Version20 };
        var options = new HttpCircuitBreakerOptions { RejectWithResponse = true };

        using var response = await SendAsync(mirror, false, Answering(new HttpResponseMessage()), options, request: request);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(18)), (response.StatusCode, response.Headers.RetryAfter!.Delta));
        Assert.Equal((request, HttpVersion.Version20), (response.RequestMessage, response.Version));
        Assert.Contains("'pgmq' is open (consecutive_failures); retry in 17.5 s", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        mirror.Become(BreakerState.ForcedOpen);
        using var forced = await SendAsync(mirror, false, Answering(new HttpResponseMessage()), options);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, null), (forced.StatusCode, forced.Headers.RetryAfter));
    }

    [Fact]
    public async Task S19_a_refused_breaker_throws_whatever_a_rejection_gets()
    {
        var mirror = new FakeMirror();
        mirror.Become(BreakerState.Closed, new BreakerRefusal(RefusalKind.LimitReached, "50 exist"));

        await Assert.ThrowsAsync<BreakerRefusedException>(
            () => SendAsync(mirror, false, Answering(new HttpResponseMessage()), new HttpCircuitBreakerOptions { RejectWithResponse = true }));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S7_a_probe_is_settled_exactly_once_whatever_becomes_of_it(bool synchronous)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);

        await ProbeAsync(_ => new HttpResponseMessage(), ProbeResult.Success);
        await ProbeAsync(_ => new HttpResponseMessage(HttpStatusCode.BadGateway), ProbeResult.Failure);
        await ProbeAsync(_ => throw new HttpRequestException(), ProbeResult.Failure);
        using var caller = new CancellationTokenSource();
        await ProbeAsync(
            token =>
            {
                caller.Cancel();
                throw new OperationCanceledException(token);
            },
            ProbeResult.Ignored,
            token: caller.Token);
        await ProbeAsync(_ => new HttpResponseMessage(), ProbeResult.Ignored, OutcomeClassifier.Default.OnResult<HttpResponseMessage>(_ => throw new FormatException()));

        async Task ProbeAsync(Func<CancellationToken, HttpResponseMessage> answer, ProbeResult expected, OutcomeClassifier? classifier = null, CancellationToken token = default)
        {
            mirror.AddPermit();
            var server = new StubServer((_, given) => Task.FromResult(answer(given)));
            await Record.ExceptionAsync(() => SendAsync(mirror, synchronous, server, new HttpCircuitBreakerOptions { Classifier = classifier }, cancellationToken: token));
            Assert.Equal((1, expected), (server.Requests, Assert.Single(mirror.Settled).Result));
            mirror.Settled.Clear();
            Assert.Equal(OutcomeTally.Empty, mirror.Counted);
        }
    }

    [Fact]
    public async Task S11_what_the_worker_says_of_the_component_judges_unless_the_client_has_its_own_word()
    {
        var mirror = new FakeMirror();
        var teapot = new HttpResponseMessage((HttpStatusCode)418);
        var workers = OutcomeClassifier.Default.OnResult<HttpResponseMessage>(_ => OutcomeKind.Failure);
        var clients = OutcomeClassifier.Default.OnResult<HttpResponseMessage>(_ => OutcomeKind.Ignored);

        await SendAsync(mirror, false, Answering(teapot));
        Assert.Equal(OutcomeTally.Success, mirror.Counted);
        await SendAsync(mirror, false, Answering(teapot), breaker: new CircuitBreaker(mirror, workers));
        Assert.Equal(OutcomeTally.Failure, mirror.Counted);
        await SendAsync(mirror, false, Answering(teapot), new HttpCircuitBreakerOptions { Classifier = clients }, breaker: new CircuitBreaker(mirror, workers));
        Assert.Equal(OutcomeTally.IgnoredCall, mirror.Counted);
    }

    private static StubServer Answering(HttpResponseMessage response) => new((_, _) => Task.FromResult(response));

    private static async Task<HttpResponseMessage> SendAsync(
        FakeMirror mirror,
        bool synchronous,
        StubServer server,
        HttpCircuitBreakerOptions? options = null,
        HttpRequestMessage? request = null,
        CircuitBreaker? breaker = null,
        CancellationToken cancellationToken = default)
    {
        using var client = new HttpClient { Timeout = ClientTimeout };
        var latest = new LatestClient();
        latest.Remember(client);
        var guard = new CircuitBreakerHandler(
            "payments", _ => breaker ?? new CircuitBreaker(mirror, OutcomeClassifier.Default), options ?? new HttpCircuitBreakerOptions(), latest, mirror.Time)
        {
            InnerHandler = server,
        };
        using var invoker = new HttpMessageInvoker(guard);
        request ??= new HttpRequestMessage(HttpMethod.Get, "http://host/");
        return synchronous ? invoker.Send(request, cancellationToken) : await invoker.SendAsync(request, cancellationToken);
    }
}
