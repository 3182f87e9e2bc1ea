using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Polly;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>A worker without a cluster, as a user sets it up: its breakers run the rules for themselves, in the test's time.</summary>
internal sealed class LocalWorker : IDisposable
{
    private readonly ServiceProvider _services;

    public LocalWorker(BreakerSettings? settings = null, Action<CircuitBreakerClientOptions>? configure = null)
    {
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(Clock)
            .AddCircuitBreakers(options =>
            {
                options.Gateways.Add("127.0.0.1:1");
                options.LocalConfiguration = new CircuitBreakerConfiguration
                {
                    Default = settings ?? new BreakerSettings { FailureThreshold = 2, SuccessThreshold = 1 },
                    Global = new GlobalSettings { MinStateTransitionInterval = TimeSpan.Zero },
                };
                configure?.Invoke(options);
            })
            .BuildServiceProvider();
        Breakers = _services.GetRequiredService<ICircuitBreakerManager>();
        Breaker = Breakers.Get("pgmq");
    }

    public FakeTimeProvider Clock { get; } = new();

    public IServiceProvider Services => _services;

    public ICircuitBreakerManager Breakers { get; }

    public ICircuitBreaker Breaker { get; }

    public BreakerState State => Breaker.Snapshot.State;

    /// <summary>Pipelines in the test's time.</summary>
    public ResiliencePipelineBuilder NewPipeline() => new() { TimeProvider = Clock };

    /// <inheritdoc cref="NewPipeline()"/>
    public ResiliencePipelineBuilder<TResult> NewPipeline<TResult>() => new() { TimeProvider = Clock };

    /// <summary>Has the breaker open, by failures of its own.</summary>
    public void Trip()
    {
        while (State != BreakerState.Open)
        {
            Assert.Throws<IOException>(() => Breaker.Execute(() => throw new IOException("down")));
        }
    }

    /// <summary>Has the breaker half-open.</summary>
    public void LetItProbe()
    {
        Trip();
        Clock.Advance(Breaker.Snapshot.Remaining!.Value);
        Assert.Equal(BreakerState.HalfOpen, State);
    }

    public void Dispose() => _services.Dispose();
}
