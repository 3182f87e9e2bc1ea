using System.Net;
using Polly;
using TaskerCore.Orleans.Client.Http;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>A pipeline takes a breaker of any implementation.</summary>
public sealed class ForeignBreakerTests
{
    [Fact]
    public async Task A_pipeline_settles_it_and_its_rejection_is_the_outcome()
    {
        var fake = new FakeBreaker();
        var pipeline = new ResiliencePipelineBuilder().AddClusterCircuitBreaker(fake).Build();

        Assert.Equal(1, pipeline.Execute(() => 1));
        Assert.Equal(2, await pipeline.ExecuteAsync(_ => ValueTask.FromResult(2)));
        Assert.Throws<IOException>(() => pipeline.Execute(() => throw new IOException()));
        fake.IsOpen = true;
        Assert.Equal("pgmq", Assert.Throws<CircuitOpenException>(() => pipeline.Execute(() => 1)).Component);

        Assert.Equal([OutcomeKind.Success, OutcomeKind.Success, OutcomeKind.Failure], fake.Ended);
    }

    [Fact]
    public void A_wrapper_around_the_workers_own_breaker_counts_nested_guards_once()
    {
        var mirror = new FakeMirror();
        var own = new CircuitBreaker(mirror, OutcomeClassifier.Default);
        var pipeline = new ResiliencePipelineBuilder().AddClusterCircuitBreaker(new UsersOwn(own)).Build();

        Assert.Equal(1, pipeline.Execute(() => own.Execute(() => 1)));

        Assert.Equal(OutcomeTally.Success, mirror.Counted);
    }

    [Fact]
    public void S12_a_rejection_that_came_as_a_response_is_no_failure_of_the_breaker_around_it()
    {
        var fake = new FakeBreaker();
        var pipeline = new ResiliencePipelineBuilder().AddClusterCircuitBreaker(fake).Build();
        using var handler = new CircuitBreakerHandler(
            "inner",
            _ => new FakeBreaker("inner") { IsOpen = true },
            new HttpCircuitBreakerOptions { RejectWithResponse = true },
            new LatestClient(),
            TimeProvider.System);
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://host/");

        var thrown = Assert.Throws<HttpRequestException>(() => pipeline.Execute(() => invoker.Send(request, CancellationToken.None).EnsureSuccessStatusCode()));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, thrown.StatusCode);
        Assert.Equal([OutcomeKind.Ignored], fake.Ended);
    }
}
