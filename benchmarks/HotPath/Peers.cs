using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Benchmarks.HotPath;

/// <summary>What is compared in one process: breakers of a worker that is connected to a silo of its own process, and Polly's.</summary>
internal sealed class Peers : IAsyncDisposable
{
    /// <summary>The environment's variable that names the gateway.</summary>
    public const string GatewayVariable = "TASKERCORE_BENCH_GATEWAY";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly IHost _host;

    private Peers(IHost host) => _host = host;

    /// <summary>A result that both sides take for a failure.</summary>
    public const int Broken = -1;

    /// <summary>Connects a worker to the silo at <see cref="GatewayVariable"/>.</summary>
    public static async Task<Peers> ConnectAsync()
    {
        var gateway = Environment.GetEnvironmentVariable(GatewayVariable)
            ?? throw new InvalidOperationException($"{GatewayVariable} is not set: run the benchmarks with eng/bench.sh, which starts a silo.");
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddCircuitBreakers(options =>
        {
            options.Gateways.Add(gateway);
            options.Classifiers["bench-failing"] = OutcomeClassifier.Default.OnResult<int>(static result => result == Broken ? OutcomeKind.Failure : OutcomeKind.Success);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new Peers(host);
    }

    /// <summary>One of the breakers of <c>config/benchmarks.yaml</c>, connected.</summary>
    public async Task<ICircuitBreaker> BreakerAsync(string component)
    {
        var breaker = _host.Services.GetRequiredService<ICircuitBreakerManager>().Get(component);
        await UntilAsync(() => breaker.Mode == BreakerMode.Connected, $"{component} is not connected");
        return breaker;
    }

    /// <summary>A breaker that an operator has forced open.</summary>
    public async Task<ICircuitBreaker> OpenBreakerAsync(string component)
    {
        var breaker = await BreakerAsync(component);
        await _host.Services.GetRequiredService<IBreakerClusterCommands>().CommandAsync(
            component, new OperatorCommand { Kind = CommandKind.ForceOpen, Reason = "to be measured", Actor = "benchmarks" });
        await UntilAsync(() => breaker.Snapshot.State == BreakerState.ForcedOpen, $"{component} is not open");
        return breaker;
    }

    /// <summary>Polly's breaker with its default settings, but that it stays closed whatever fails.</summary>
    public static ResiliencePipeline<int> ClosedPolly() => new ResiliencePipelineBuilder<int>()
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<int>
        {
            FailureRatio = 1,
            MinimumThroughput = int.MaxValue,
            ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Exception is not null || arguments.Outcome.Result == Broken),
        })
        .Build();

    /// <summary>Polly's breaker with its default settings.</summary>
    public static ResiliencePipeline Polly() => new ResiliencePipelineBuilder().AddCircuitBreaker(new CircuitBreakerStrategyOptions()).Build();

    /// <summary>Polly's breaker, isolated by hand.</summary>
    public static async Task<ResiliencePipeline> OpenPollyAsync()
    {
        var control = new CircuitBreakerManualControl();
        var pipeline = new ResiliencePipelineBuilder().AddCircuitBreaker(new CircuitBreakerStrategyOptions { ManualControl = control }).Build();
        await control.IsolateAsync();
        return pipeline;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static async Task UntilAsync(Func<bool> condition, string otherwise) =>
        await LocalEnvironment.Waiting.UntilAsync(() => Task.FromResult(condition()), () => otherwise, Limit);
}
