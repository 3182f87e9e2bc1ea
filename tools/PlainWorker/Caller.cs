using Microsoft.Extensions.Hosting;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.PlainWorker;

/// <summary>Calls a component that is healthy, twenty times a second, and prints each change of the breaker.</summary>
internal sealed class Caller(ICircuitBreakerManager breakers) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var breaker = breakers.Get("plain");
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var last = string.Empty;
        while (await pace.WaitForNextTickAsync(stoppingToken))
        {
            await breaker.TryExecuteAsync(static _ => ValueTask.FromResult(1), stoppingToken);
            var now = $"{breaker.Mode} {breaker.Snapshot.State}";
            if (now != last)
            {
                Console.WriteLine($"breaker: {last = now}");
            }
        }
    }
}
