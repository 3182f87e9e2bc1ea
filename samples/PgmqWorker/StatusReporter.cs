using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using TaskerCore.Orleans.Client.Pgmq;

namespace TaskerCore.Orleans.PgmqWorker;

/// <summary>Tells how the worker stands, and does what it is asked on standard input: <c>calls-since TIME</c>, <c>try-call</c>,
/// <c>end-producing</c>.</summary>
internal sealed class StatusReporter(IProtectedPgmqClient pgmq, WorkerSettings settings, CallLog calls) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = Task.WhenAll(ListenAsync(stoppingToken), WatchAsync(stoppingToken));
        using var pace = new PeriodicTimer(Interval);
        while (await pace.WaitForNextTickAsync(stoppingToken))
        {
            CallLog.Tell(calls.Now(pgmq.BreakerOf(settings.Queue)));
        }

        await listening;
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var breaker = pgmq.BreakerOf(settings.Queue);
        await foreach (var seen in breaker.WatchTransitionsAsync(cancellationToken))
        {
            CallLog.Tell(new WorkerNews.SawTransition(
                Stopwatch.GetTimestamp(), seen.From, seen.To, seen.Cause, $"{seen.Generation}", seen.Worker, breaker.Mode));
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        // Not Console.In: its asynchronous reads block.
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync(cancellationToken).AsTask().WaitAsync(cancellationToken) is { } line)
        {
            switch (line.Split(' '))
            {
                case ["calls-since", var time]:
                    CallLog.Tell(calls.Since(long.Parse(time, CultureInfo.InvariantCulture)));
                    break;
                case ["try-call"]:
                    CallLog.Tell(new WorkerNews.TriedCall(await calls.WatchAsync(() => pgmq.MetricsAsync(settings.Queue, cancellationToken))));
                    break;
                case ["end-producing"]:
                    calls.ProducingHasEnded = true;
                    break;
                default:
                    await Console.Error.WriteLineAsync($"'{line}' is not known; calls-since TIME, try-call or end-producing");
                    break;
            }
        }
    }
}
