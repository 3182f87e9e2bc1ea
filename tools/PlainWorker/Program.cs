using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.PlainWorker;

// A host as the worker template makes it, with the template's logging, that calls a breaker all the time.
//   [--own-lifetime] [--cluster ID] [GATEWAY...]      without a gateway it has no breakers
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = [] });
builder.Logging.SetMinimumLevel(LogLevel.Information);
string[] gateways = [.. args.Where(argument => argument.Contains(':', StringComparison.Ordinal))];
if (args.Contains("--own-lifetime"))
{
    builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
}

if (gateways.Length > 0)
{
    builder.Services.AddCircuitBreakers(options =>
    {
        options.WorkerName = "plain";
        if (Array.IndexOf(args, "--cluster") is >= 0 and var at)
        {
            options.ClusterId = args[at + 1];
        }

        foreach (var gateway in gateways)
        {
            options.Gateways.Add(gateway);
        }
    });
    builder.Services.AddHostedService<Caller>();
}

using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("running");
await host.WaitForShutdownAsync();
Console.WriteLine("stopped");
