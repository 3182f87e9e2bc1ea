using System.Runtime.InteropServices;
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
//
// Exit codes: 0 it was asked to stop, 1 it cannot run, 2 a setting is not valid. A signal that arrives while it starts is a stop as well.
var stop = new CancellationTokenSource();
PosixSignalRegistration[] signals = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, context =>
{
    context.Cancel = true;
    stop.Cancel();
}))];
var exitCode = 0;
try
{
    await using var app = Build(args);
    try
    {
        await app.StartAsync(stop.Token);
        await app.WaitForShutdownAsync(stop.Token);
        if (app.Services.GetServices<IHostedService>().OfType<BackgroundService>().FirstOrDefault(service => service.ExecuteTask is { IsFaulted: true }) is { } failed)
        {
            await Console.Error.WriteLineAsync($"The worker ended: {failed.ExecuteTask!.Exception}");
            exitCode = 1;
        }
    }
    finally
    {
        await app.StopAsync(CancellationToken.None);
    }
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    // That is what was asked for.
}
catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException)
{
    await Console.Error.WriteLineAsync($"The worker's settings are invalid: {exception.Message}");
    exitCode = 2;
}
catch (Exception exception)
{
    await Console.Error.WriteLineAsync($"The worker cannot run: {exception.Message}");
    exitCode = 1;
}

// Until here: the last signal may arrive while the host is disposed.
GC.KeepAlive(signals);
return exitCode;

static WebApplication Build(string[] args)
{
    var builder = WebApplication.CreateSlimBuilder(args);
    builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace); // standard output is for the reports

    // What fails is reported above: in one line where it is a setting, an address or a port.
    builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
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
    return app;
}
