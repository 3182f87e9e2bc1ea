using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Chaos.LoadWorker;

/// <summary>A process with one or several workers under steady load: the program's first argument is <see cref="Command"/>.</summary>
/// <remarks>Each worker is a whole one, with a session, connections and mirrors of its own. A line of standard input is for one of them: it
/// begins with its name.</remarks>
internal static class LoadWorkerHost
{
    public const string Command = "load-worker";

    public static async Task RunAsync(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
        var workers = LoadSettings.From(configuration).ToDictionary(settings => settings.Worker, Build, StringComparer.Ordinal);
        await Task.WhenAll(workers.Values.Select(worker => worker.StartAsync()));
        var listening = ListenAsync(workers);
        await Task.WhenAll(workers.Values.Select(worker => worker.WaitForShutdownAsync()).Append(listening));
    }

    private static async Task ListenAsync(Dictionary<string, IHost> workers)
    {
        // Not Console.In: its asynchronous reads block.
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync() is { } line)
        {
            if (line.Split(' ', 2) is [var name, var question] && workers.TryGetValue(name, out var worker))
            {
                worker.Services.GetRequiredService<LoadReporter>().Answer(question);
            }
            else
            {
                await Console.Error.WriteLineAsync($"'{line}' is for none of the workers {string.Join(", ", workers.Keys)}");
            }
        }
    }

    private static IHost Build(LoadSettings settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace); // standard output is for the news
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Npgsql", LogLevel.None);
        builder.Services.AddCircuitBreakers(options =>
        {
            options.WorkerName = settings.Worker;
            options.Classifiers[LoadSettings.StormComponent] = OutcomeClassifier.Default.OnResult<StormAnswer>(static _ => OutcomeKind.Failure);
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

        builder.Services.AddSingleton<LoadReporter>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LoadReporter>());
        return builder.Build();
    }
}
