using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>Setting a pipeline up, from services too, and what is left when it is gone.</summary>
public sealed class ClusterCircuitBreakerResiliencePipelineBuilderExtensionsTests : IDisposable
{
    private readonly LocalWorker _worker = new();

    public void Dispose() => _worker.Dispose();

    [Fact]
    public void Every_form_takes_the_same_breaker()
    {
        ResiliencePipeline[] plain =
        [
            new ResiliencePipelineBuilder().AddClusterCircuitBreaker(_worker.Breaker).Build(),
            new ResiliencePipelineBuilder().AddClusterCircuitBreaker("pgmq", _worker.Breakers).Build(),
            new ResiliencePipelineBuilder().AddClusterCircuitBreaker("pgmq", _worker.Services).Build(),
        ];
        ResiliencePipeline<int>[] typed =
        [
            new ResiliencePipelineBuilder<int>().AddClusterCircuitBreaker(_worker.Breaker).Build(),
            new ResiliencePipelineBuilder<int>().AddClusterCircuitBreaker("pgmq", _worker.Breakers).Build(),
            new ResiliencePipelineBuilder<int>().AddClusterCircuitBreaker("pgmq", _worker.Services).Build(),
        ];
        Assert.All(plain, pipeline => Assert.Equal(1, pipeline.Execute(() => 1)));
        Assert.All(typed, pipeline => Assert.Equal(1, pipeline.Execute(() => 1)));

        _worker.Trip();

        Assert.All(plain, pipeline => Assert.Throws<CircuitOpenException>(() => pipeline.Execute(() => 1)));
        Assert.All(typed, pipeline => Assert.Throws<CircuitOpenException>(() => pipeline.Execute(() => 1)));
    }

    [Fact]
    public async Task Pipelines_from_services_find_the_workers_breakers()
    {
        await using var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_worker.Clock)
            .AddCircuitBreakers(options => options.Gateways.Add("127.0.0.1:1"))
            .AddResiliencePipeline("orders", (builder, context) => builder.AddClusterCircuitBreaker("pgmq", context.ServiceProvider))
            .AddResiliencePipeline<string, int>("counts", (builder, context) => builder.AddClusterCircuitBreaker("pgmq", context.ServiceProvider))
            .BuildServiceProvider();
        var orders = services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline("orders");
        var counts = services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline<int>("counts");

        for (var failure = 0; failure < 3; failure++)
        {
            await Assert.ThrowsAsync<IOException>(async () => await orders.ExecuteAsync(_ => throw new IOException("down")));
        }

        Assert.Equal(BreakerState.Open, services.GetRequiredService<ICircuitBreakerManager>().Get("pgmq").Snapshot.State);
        await Assert.ThrowsAsync<CircuitOpenException>(async () => await counts.ExecuteAsync(_ => ValueTask.FromResult(1)));
    }

    [Fact]
    public void A_component_that_is_added_twice_to_one_pipeline_is_refused_by_name()
    {
        var builder = new ResiliencePipelineBuilder().AddClusterCircuitBreaker("pgmq", _worker.Breakers).AddClusterCircuitBreaker("other", _worker.Breakers);

        Assert.Contains(
            "The pipeline has the breaker 'pgmq' already",
            Message<InvalidOperationException>(() => builder.AddClusterCircuitBreaker(_worker.Breaker.WithClassifier(OutcomeClassifier.Default))),
            StringComparison.Ordinal);
        Assert.Equal(1, builder.Build().Execute(() => 1));
        Assert.Equal(1, new ResiliencePipelineBuilder().AddClusterCircuitBreaker(_worker.Breaker).Build().Execute(() => 1));
    }

    [Fact]
    public void What_is_wrong_is_said_where_it_is_set_up()
    {
        var builder = new ResiliencePipelineBuilder();
        using var empty = new ServiceCollection().BuildServiceProvider();

        Assert.Contains("U+0020", Message<ArgumentException>(() => builder.AddClusterCircuitBreaker("no spaces", _worker.Breakers)), StringComparison.Ordinal);
        Assert.Contains(
            "AddClusterCircuitBreaker needs the worker's circuit breakers: add them to the same services with services.AddCircuitBreakers",
            Message<InvalidOperationException>(() => builder.AddClusterCircuitBreaker("pgmq", empty)),
            StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => builder.AddClusterCircuitBreaker((ICircuitBreaker)null!));
    }

    [Fact]
    public void A_disposed_pipeline_leaves_the_breaker_to_the_others()
    {
        var registry = new ResiliencePipelineRegistry<string>();
        var pipeline = registry.GetOrAddPipeline("orders", builder => builder.AddClusterCircuitBreaker(_worker.Breaker));
        pipeline.Execute(() => 1);

        registry.Dispose();

        Assert.Throws<ObjectDisposedException>(() => pipeline.Execute(() => 1));
        _worker.Trip();
        var other = new ResiliencePipelineBuilder().AddClusterCircuitBreaker(_worker.Breaker).Build();
        Assert.Throws<CircuitOpenException>(() => other.Execute(() => 1));
    }

    [Fact]
    public void A_pipeline_that_is_dropped_is_not_kept_by_the_breaker_that_lives_on()
    {
        var dropped = UseAndDrop();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(dropped.IsAlive);
        Assert.Equal(BreakerState.Closed, _worker.State);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference UseAndDrop()
    {
        var judge = new Judge();
        var pipeline = _worker.NewPipeline()
            .AddClusterCircuitBreaker(_worker.Breaker, new ClusterCircuitBreakerStrategyOptions { ShouldHandle = judge.IsFailureAsync })
            .Build();
        _worker.LetItProbe();
        pipeline.Execute(() => 1);
        Assert.Equal((BreakerState.Closed, 1), (_worker.State, judge.Asked));
        return new WeakReference(judge);
    }

    private static string Message<TException>(Action action)
        where TException : Exception => Assert.Throws<TException>(action).Message;

    private sealed class Judge
    {
        public int Asked { get; private set; }

        public ValueTask<bool> IsFailureAsync(CircuitBreakerPredicateArguments<object> arguments)
        {
            Asked++;
            return new(arguments.Outcome.Exception is not null);
        }
    }
}
