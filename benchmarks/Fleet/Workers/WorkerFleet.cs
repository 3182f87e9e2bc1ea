using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Session;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>The workers of one process: a session, mirrors and renewals each, and one Orleans client for all of them, which counts what
/// is called through it.</summary>
internal sealed class WorkerFleet : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly CancellationTokenSource _stop = new();
    private readonly IHost _host;
    private readonly IReadOnlyList<ServiceProvider> _workers;
    private readonly CallCounter _calls;
    private readonly IReadOnlyList<Task> _running;

    private WorkerFleet(IHost host, CallCounter calls, IReadOnlyList<ServiceProvider> workers)
    {
        _host = host;
        _calls = calls;
        _workers = workers;
        Client = host.Services.GetRequiredService<IClusterClient>();
        Workers = [.. workers.Select(worker => worker.GetRequiredService<ICircuitBreakerManager>())];
        _running = [.. workers.Select(worker => worker.GetRequiredService<WorkerSession>().RunAsync(_stop.Token))];
    }

    public IClusterClient Client { get; }

    /// <summary>The breakers of each worker.</summary>
    public IReadOnlyList<ICircuitBreakerManager> Workers { get; }

    /// <summary>Remote calls made until now, of every kind.</summary>
    public long RemoteCalls => _calls.Count;

    public static async Task<WorkerFleet> StartAsync(int workers, IEnumerable<string> gateways)
    {
        var calls = new CallCounter();
        var host = await OrleansClient.ConnectAsync(gateways, client =>
        {
            client.Services.AddLogging(logging =>
                logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning));
            client.AddOutgoingGrainCallFilter(calls);
        });
        var shared = host.Services.GetRequiredService<IClusterClient>();
        return new WorkerFleet(host, calls, [.. Enumerable.Range(1, workers).Select(number => Worker(shared, number))]);
    }

    /// <summary>The breaker of a component at each worker, once all are connected.</summary>
    public async Task<IReadOnlyList<ICircuitBreaker>> ConnectedAsync(string component)
    {
        ICircuitBreaker[] breakers = [.. Workers.Select(worker => worker.Get(component))];
        await ConnectedAsync(breakers);
        return breakers;
    }

    /// <summary>Waits until all are connected.</summary>
    public static async Task ConnectedAsync(IReadOnlyList<ICircuitBreaker> breakers) => await Waiting.UntilAsync(
        () => Task.FromResult(breakers.All(breaker => breaker.Mode == BreakerMode.Connected)),
        () => $"{breakers.Count(breaker => breaker.Mode != BreakerMode.Connected)} of {breakers.Count} breakers are not connected",
        Limit);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await _host.StopAsync();
        _host.Dispose();
        _stop.Dispose();
    }

    /// <summary>Without the hosted service: it would play its rehearsal at each of a thousand starts.</summary>
    private static ServiceProvider Worker(IClusterClient client, int number)
    {
        var services = new ServiceCollection();
        services.AddSingleton(client);
        services.AddCircuitBreakers(options =>
        {
            options.WorkerName = $"worker-{number}";
            foreach (var component in (string[])["bench-trip", "bench-storm", "bench-rush"])
            {
                options.Classifiers[component] = OutcomeClassifier.Default.OnResult<bool>(static works => works ? OutcomeKind.Success : OutcomeKind.Failure);
            }
        });
        return services.BuildServiceProvider();
    }

    private sealed class CallCounter : IOutgoingGrainCallFilter
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public Task Invoke(IOutgoingGrainCallContext context)
        {
            Interlocked.Increment(ref _count);
            return context.Invoke();
        }
    }
}
