using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Benchmarks.Fleet;

/// <summary>A worker that starts where no silo is, and says how long it took until a call was protected: the program's first argument is
/// <see cref="Command"/>.</summary>
internal static class WorkerStartProgram
{
    public const string Command = "worker-start";

    public static async Task RunAsync(string[] args)
    {
        var begin = Stopwatch.GetTimestamp();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddCircuitBreakers(options => options.Gateways.Add(args[0]));
        using var host = builder.Build();
        await host.StartAsync();
        var breaker = host.Services.GetRequiredService<ICircuitBreakerManager>().Get("bench-start");
        var failures = 0;
        while (true)
        {
            try
            {
                if ((await breaker.TryExecuteAsync(Fail)).IsRejected)
                {
                    break;
                }
            }
            catch (InvalidOperationException)
            {
                failures++;
            }
        }

        var took = Stopwatch.GetElapsedTime(begin);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"protected {took.TotalMilliseconds:0.0} ms after {failures} failures"));
        await host.StopAsync();
    }

    private static ValueTask Fail(CancellationToken cancellationToken) => ValueTask.FromException(new InvalidOperationException("measured"));
}
