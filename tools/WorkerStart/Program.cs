using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client;

// A worker that starts where no silo is (its argument is a gateway that nobody listens at), and says how long it took from its first line until
// its host had started, and until a call was protected.
var begin = Stopwatch.GetTimestamp();
var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
builder.Logging.SetMinimumLevel(LogLevel.None);
if (args is [var gateway])
{
    builder.Services.AddCircuitBreakers(options => options.Gateways.Add(gateway));
}

using var host = builder.Build();
await host.StartAsync();
if (args is [])
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"started {Stopwatch.GetElapsedTime(begin).TotalMilliseconds:0.0} ms"));
    return;
}

var breaker = host.Services.GetRequiredService<ICircuitBreakerManager>().Get("bench-start");
var failures = 0;
while (true)
{
    try
    {
        if ((await breaker.TryExecuteAsync(static _ => ValueTask.FromException(new InvalidOperationException("measured")))).IsRejected)
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
