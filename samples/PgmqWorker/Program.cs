using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.PgmqWorker;

// A worker that fills and empties a pgmq queue. Settings, from the command line or the environment:
//   ConnectionStrings:Pgmq  the database that has pgmq          Gateways  the silos, comma-separated
//   Worker  this worker's name          Queue  the queue (default "orders")          SendsPerSecond  default 100
//   Http:Port  where it serves /metrics and /health (default 0: nowhere)          Http:Address  on which address (default loopback)
//   Reports  whether it tells how it stands on standard output, ten times a second (default true)
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace); // standard output is for the reports
var settings = WorkerSettings.From(builder.Configuration);

builder.Services.AddCircuitBreakers(options =>
{
    options.WorkerName = settings.Worker;
    foreach (var gateway in settings.Gateways)
    {
        options.Gateways.Add(gateway);
    }
});
builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddCircuitBreakerInstrumentation().AddPrometheusExporter());
builder.Services.AddHealthChecks().AddCircuitBreakers();
builder.Services.AddProtectedPgmq(settings.Pgmq);
builder.Services.AddSingleton(settings);
builder.Services.AddSingleton<CallLog>();
builder.Services.AddHostedService<Producer>();
builder.Services.AddHostedService<Consumer>();
if (settings.Reports)
{
    builder.Services.AddHostedService<StatusReporter>();
}

if (settings.HttpPort is > 0 and var port)
{
    builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(settings.HttpAddress, port));
}
else
{
    builder.Services.AddSingleton<IServer, NoServer>();
}

var app = builder.Build();
app.MapPrometheusScrapingEndpoint();
app.MapHealthChecks("/health");
await app.RunAsync();
