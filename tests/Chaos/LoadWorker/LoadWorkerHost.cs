using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Chaos.LoadWorker;

/// <summary>A worker under steady load, in a process of its own: the program's first argument is <see cref="Command"/>.</summary>
internal static class LoadWorkerHost
{
    public const string Command = "load-worker";

    public static async Task RunAsync(string[] args)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddEnvironmentVariables().AddCommandLine(args);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace); // standard output is for the news
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Npgsql", LogLevel.None);
        var settings = LoadSettings.From(builder.Configuration);

        builder.Services.AddCircuitBreakers(options =>
        {
            options.WorkerName = settings.Worker;
            foreach (var gateway in settings.Gateways)
            {
                options.Gateways.Add(gateway);
            }
        });
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<LoadProgress>();
        builder.Services.AddSingleton<CallJournal>();
        if (settings.Pgmq is not null)
        {
            builder.Services.AddProtectedPgmq(settings.Pgmq, pgmq => pgmq.CommandTimeout = settings.CallLimit);
            builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.Pgmq)
            {
                MaxPoolSize = AskingLoop.Askers,
                CommandTimeout = (int)Math.Ceiling(settings.CallLimit.TotalSeconds),
                CancellationTimeout = 500,
            }.ConnectionString));
            builder.Services.AddHostedService<SendingLoop>();
            builder.Services.AddHostedService<AskingLoop>();
            builder.Services.AddHostedService<ArchivingLoop>();
        }
        else
        {
            builder.Services.AddHostedService<FailingLoop>();
        }

        builder.Services.AddHostedService<LoadReporter>();
        await builder.Build().RunAsync();
    }
}
