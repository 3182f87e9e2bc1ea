using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Chaos.LoadWorker;

/// <summary>Tells how the worker stands, and does what it is asked: <c>calls-since TIME</c>, <c>end-producing</c>, <c>end</c>.</summary>
internal sealed class LoadReporter(ICircuitBreakerManager breakers, LoadSettings settings, LoadProgress progress, CallJournal journal) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly ICircuitBreaker _breaker = breakers.Get(settings.Component);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var watching = WatchAsync(stoppingToken);
        using var pace = new PeriodicTimer(Interval);
        while (await pace.WaitForNextTickAsync(stoppingToken))
        {
            Console.WriteLine(Now().ToLine());
        }

        await watching;
    }

    /// <summary>Does what it is asked.</summary>
    public void Answer(string question)
    {
        switch (question.Split(' '))
        {
            case ["calls-since", var time]:
                Console.WriteLine(journal.Since(long.Parse(time, CultureInfo.InvariantCulture)).ToLine());
                break;
            case ["end-producing"]:
                progress.ProducingEnds = true;
                break;
            case ["end"]:
                progress.ProducingEnds = true;
                progress.AllEnds = true;
                break;
            default:
                Console.Error.WriteLine($"'{question}' is not known; calls-since TIME, end-producing or end");
                break;
        }
    }

    private LoadNews.Status Now()
    {
        // Quiet before the counts: what is told as the last word must be it.
        var isQuiet = progress.IsQuiet;
        var at = Stopwatch.GetTimestamp();
        var snapshot = _breaker.Snapshot;
        return new(
            settings.Worker,
            at,
            snapshot.State,
            _breaker.Mode,
            snapshot.Generation.ToString(),
            snapshot.Policy.Settings.FailureThreshold,
            journal.Counts,
            journal.Running,
            progress.Acknowledged,
            progress.Unanswered,
            progress.ProducingHasEnded,
            isQuiet);
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        await foreach (var transition in _breaker.WatchTransitionsAsync(cancellationToken))
        {
            journal.Saw(transition.To);
        }
    }
}
