using Npgsql;
using Polly;
using TaskerCore.Orleans.Client.Http;
using TaskerCore.Orleans.Client.Pgmq;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>The ways in which a call can be guarded, so that tests can put any of them inside any other.</summary>
internal static class NestedGuards
{
    /// <summary>Every way. Names are drawn by tests, and shown when one fails.</summary>
    public static IReadOnlyDictionary<string, Func<CircuitBreaker, Func<Task>, Task>> All { get; } = new Dictionary<string, Func<CircuitBreaker, Func<Task>, Task>>
    {
        ["ExecuteAsync"] = (breaker, inside) => breaker.ExecuteAsync(_ => new ValueTask(inside())).AsTask(),
        ["ExecuteAsync of a task"] = (breaker, inside) => breaker.ExecuteAsync(_ => inside()).AsTask(),
        ["TryExecuteAsync"] = async (breaker, inside) => _ = (await breaker.TryExecuteAsync(_ => new ValueTask(inside()))).Result,
        ["ExecuteAsync with a fallback"] = (breaker, inside) =>
            breaker.ExecuteAsync(_ => new ValueTask(inside()), (rejection, _) => throw rejection.ToException()).AsTask(),
        ["Execute"] = async (breaker, inside) =>
        {
            await Task.CompletedTask;
            breaker.Execute(() => inside().GetAwaiter().GetResult());
        },
        ["TryExecute"] = async (breaker, inside) =>
        {
            await Task.CompletedTask;
            _ = breaker.TryExecute(() => inside().GetAwaiter().GetResult()).Result;
        },
        ["handler"] = async (breaker, inside) =>
        {
            using var invoker = Invoker(breaker, inside);
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://host/");
            using var response = await invoker.SendAsync(request, CancellationToken.None);
        },
        ["handler, sync"] = async (breaker, inside) =>
        {
            await Task.CompletedTask;
            using var invoker = Invoker(breaker, inside);
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://host/");
            using var response = invoker.Send(request, CancellationToken.None);
        },
        ["strategy"] = (breaker, inside) =>
            new ResiliencePipelineBuilder().AddClusterCircuitBreaker(breaker).Build().ExecuteAsync(_ => new ValueTask(inside())).AsTask(),
        ["strategy, sync"] = async (breaker, inside) =>
        {
            await Task.CompletedTask;
            new ResiliencePipelineBuilder().AddClusterCircuitBreaker(breaker).Build().Execute(() => inside().GetAwaiter().GetResult());
        },
        ["typed strategy"] = (breaker, inside) =>
            new ResiliencePipelineBuilder<int>().AddClusterCircuitBreaker(breaker).Build().ExecuteAsync(async _ =>
            {
                await inside();
                return 1;
            }).AsTask(),
    };

    /// <summary>A pgmq client whose database refuses connections, behind the breaker.</summary>
    public static async Task FailingPgmqAsync(CircuitBreaker breaker)
    {
        await using var source = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Timeout=5;Pooling=false");
        await new ProtectedPgmqClient(source, new OneBreaker(breaker)).PurgeQueueAsync("orders");
    }

    private static HttpMessageInvoker Invoker(CircuitBreaker breaker, Func<Task> inside) => new(
        new CircuitBreakerHandler("nested", _ => breaker, new HttpCircuitBreakerOptions { TimeoutAfter = Timeout.InfiniteTimeSpan }, new LatestClient(), TimeProvider.System)
        {
            InnerHandler = new Inside(inside),
        });

    private sealed class Inside(Func<Task> inside) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await inside();
            return new HttpResponseMessage();
        }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            inside().GetAwaiter().GetResult();
            return new HttpResponseMessage();
        }
    }

    private sealed class OneBreaker(ICircuitBreaker breaker) : ICircuitBreakerManager
    {
        public IReadOnlyList<ICircuitBreaker> Breakers => [breaker];

        public ICircuitBreaker Get(string component) => breaker;
    }
}
