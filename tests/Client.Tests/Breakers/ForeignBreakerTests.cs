using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TaskerCore.Orleans.Client.Http;
using TaskerCore.Orleans.Client.Tests.Http;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Breakers;

/// <summary>A breaker of another implementation does everywhere what the worker's own does: in the convenient forms and in the handler of
/// <c>HttpClient</c>.</summary>
public sealed class ForeignBreakerTests
{
    public static TheoryData<bool> Ways => [true, false];

    [Fact]
    public async Task The_convenient_forms_run_over_the_permit_and_settle_it()
    {
        var fake = new FakeBreaker();
        ICircuitBreaker breaker = fake;

        Assert.Equal(1, breaker.Execute(() => 1));
        Assert.Equal(2, await breaker.ExecuteAsync(_ => ValueTask.FromResult(2)));
        Assert.Throws<IOException>(() => breaker.Execute(() => throw new IOException()));
        await Assert.ThrowsAsync<IOException>(async () => await breaker.ExecuteAsync(_ => ValueTask.FromException<int>(new IOException())));

        Assert.Equal([OutcomeKind.Success, OutcomeKind.Success, OutcomeKind.Failure, OutcomeKind.Failure], fake.Ended);
        fake.IsOpen = true;
        Assert.True(breaker.TryExecute(() => 1).IsRejected);
        await Assert.ThrowsAsync<CircuitOpenException>(async () => await breaker.ExecuteAsync(_ => ValueTask.FromResult(2)));
        Assert.Equal(4, fake.Ended.Count);
    }

    [Fact]
    public async Task A_cancellation_by_the_caller_and_a_throwing_classifier_are_ignored()
    {
        var fake = new FakeBreaker();
        using var caller = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ((ICircuitBreaker)fake).ExecuteAsync(
            async token =>
            {
                await caller.CancelAsync();
                token.ThrowIfCancellationRequested();
            },
            caller.Token));
        var throwing = ((ICircuitBreaker)fake).WithClassifier(OutcomeClassifier.Default.OnResult<int>(_ => throw new FormatException()));

        Assert.Throws<FormatException>(() => throwing.Execute(() => 1));

        Assert.Equal([OutcomeKind.Ignored, OutcomeKind.Ignored], fake.Ended);
    }

    [Fact]
    public void With_another_classifier_the_same_breaker_is_settled()
    {
        var fake = new FakeBreaker();
        var judging = ((ICircuitBreaker)fake).WithClassifier(OutcomeClassifier.Default.OnException(_ => OutcomeKind.Ignored)).WithClassifier(
            OutcomeClassifier.Default.OnResult<int>(_ => OutcomeKind.Failure));

        judging.Execute(() => 1);

        Assert.Equal("pgmq", judging.Component);
        Assert.Equal([OutcomeKind.Failure], fake.Ended);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_http_handler_sends_rejects_and_settles(bool synchronous)
    {
        var fakes = new FakeManager();
        var fake = fakes.Fake("pgmq");
        using var ok = new HttpResponseMessage(HttpStatusCode.OK);
        using var broken = new HttpResponseMessage(HttpStatusCode.BadGateway);

        Assert.Same(ok, await SendAsync(fakes, synchronous, new StubServer((_, _) => Task.FromResult(ok))));
        Assert.Same(broken, await SendAsync(fakes, synchronous, new StubServer((_, _) => Task.FromResult(broken))));
        fake.IsOpen = true;
        await Assert.ThrowsAsync<CircuitOpenException>(() => SendAsync(fakes, synchronous, new StubServer((_, _) => Task.FromResult(ok))));

        Assert.Equal([OutcomeKind.Success, OutcomeKind.Failure], fake.Ended);
    }

    [Fact]
    public async Task A_client_of_the_factory_takes_the_managers_breaker_whatever_it_is()
    {
        var fakes = new FakeManager();
        var services = new ServiceCollection();
        services.AddSingleton<ICircuitBreakerManager>(fakes);
        services.AddHttpClient("orders").AddClusterCircuitBreaker("pgmq").ConfigurePrimaryHttpMessageHandler(
            () => new StubServer((_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable))));
        await using var provider = services.BuildServiceProvider();

        using var response = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("orders").GetAsync(new Uri("http://host/"));

        Assert.Equal([OutcomeKind.Failure], fakes.Fake("pgmq").Ended);
    }

    private static async Task<HttpResponseMessage> SendAsync(FakeManager breakers, bool synchronous, HttpMessageHandler server)
    {
        var breaker = breakers.Get("pgmq");
        using var handler = new CircuitBreakerHandler("pgmq", _ => breaker, new(), new LatestClient(), TimeProvider.System)
        {
            InnerHandler = server,
        };
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://host/");
        return synchronous ? invoker.Send(request, CancellationToken.None) : await invoker.SendAsync(request, CancellationToken.None);
    }
}
