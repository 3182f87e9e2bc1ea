using System.Diagnostics;
using System.Text.Json;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Fleet.Running;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.PgmqWorker;

namespace TaskerCore.Orleans.Fleet.Live;

/// <summary>Looks at the fleet, and keeps what one look does not show: rates, events, which silo decides.</summary>
/// <remarks>For one thread, but for the question which silo decides.</remarks>
internal sealed class FleetWatcher(DemoFleet fleet, TimeProvider time, string logFolder)
{
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, Queue<(long At, WorkerNews.Status Status)>> _before = fleet.Workers.ToDictionary(
        worker => worker.Process.Name, _ => new Queue<(long, WorkerNews.Status)>(), StringComparer.Ordinal);

    private readonly Dictionary<string, int> _read = new(StringComparer.Ordinal);
    private readonly HashSet<string> _cut = new(StringComparer.Ordinal);
    private volatile string? _decides;

    /// <summary>What happened.</summary>
    public EventLog Log { get; } = new();

    /// <summary>The silo that holds the breaker; null: it is not known.</summary>
    public SiloSeat? Deciding => fleet.RunningSilos.FirstOrDefault(silo => silo.Address == _decides);

    /// <summary>Cuts a worker's path to the queue, or restores it.</summary>
    public void Toggle(WorkerProcess worker)
    {
        var name = worker.Process.Name;
        if (_cut.Remove(name))
        {
            worker.Path.Restore();
            Log.Add(time.GetLocalNow(), $"You restored the path of {name} to pgmq");
        }
        else
        {
            _cut.Add(name);
            worker.Path.Cut();
            Log.Add(time.GetLocalNow(), $"You cut the path of {name} to pgmq");
        }
    }

    /// <summary>How it all stands.</summary>
    public LiveModel Look()
    {
        var now = time.GetLocalNow();
        foreach (var worker in fleet.Workers)
        {
            Collect(worker, now);
        }

        return new LiveModel(
            now,
            fleet.QueueRuns,
            [
                .. fleet.Silos.Select(silo => new SiloRow(
                    silo.Name, silo.State, silo == Deciding, $"127.0.0.1:{silo.Silo.GatewayPort}", silo.Silo.Address.ToString().TrimEnd('/'))),
            ],
            [.. fleet.Workers.Select(Row)],
            Log.Events,
            logFolder);
    }

    /// <summary>Asks a running silo, again and again, which silo holds the breaker.</summary>
    public async Task AskWhoDecidesAsync(CancellationToken cancellationToken)
    {
        using var pace = new PeriodicTimer(AskInterval, time);
        do
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(AskLimit);
            try
            {
                _decides = fleet.RunningSilos is [var silo, ..]
                    ? (await silo.Silo.GetAsync($"/api/breakers/{DemoFleet.Component}", limit.Token)).Body["silo"]?.GetValue<string>()
                    : null;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // A silo that is being killed does not answer; who decides is not known until another does.
                _decides = null;
            }
        }
        while (await pace.WaitForNextTickAsync(cancellationToken));
    }

    private void Collect(WorkerProcess worker, DateTimeOffset now)
    {
        var name = worker.Process.Name;
        foreach (var news in worker.Heard.Skip(_read.GetValueOrDefault(name)))
        {
            _read[name] = _read.GetValueOrDefault(name) + 1;
            Log.Apply(now, name, news);
        }

        if (worker.Status is { } status)
        {
            Log.Apply(now, name, status.Mode);
        }
    }

    private WorkerRow Row(WorkerProcess worker)
    {
        var name = worker.Process.Name;
        if (worker.Status is not { } status)
        {
            return new WorkerRow(name, null, BreakerMode.Starting, null, 0, 0, 0, 0, 0, _cut.Contains(name));
        }

        var (samples, at) = (_before[name], Stopwatch.GetTimestamp());
        samples.Enqueue((at, status));
        while (samples.Count > 2 && Stopwatch.GetElapsedTime(samples.Peek().At, at) > RateWindow)
        {
            samples.Dequeue();
        }

        var (since, then) = samples.Peek();
        var seconds = Stopwatch.GetElapsedTime(since, at).TotalSeconds;
        return new WorkerRow(
            name,
            status.State,
            status.Mode,
            status.ProbesInSeconds is { } wait ? TimeSpan.FromSeconds(wait) : null,
            status.Generation,
            Rate(status.Sent - then.Sent),
            Rate(status.Consumed - then.Consumed),
            status.Failed,
            status.Rejected,
            _cut.Contains(name));

        double Rate(long count) => seconds > 0 ? count / seconds : 0;
    }
}
