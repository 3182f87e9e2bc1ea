using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orleans;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Client.Metrics;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>Registers this worker at its hub and renews: a shell around <see cref="SessionCore"/>. Safe for any number of threads.</summary>
internal sealed class HubRenewal
{
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ClusterOutage _outage = new();
    private readonly IClusterConnection _connection;
    private readonly ClusterCalls _calls;
    private readonly MirrorRegistry _mirrors;
    private readonly UpdateReceiver _receiver;
    private readonly WorkerRun _run;
    private readonly WorkerClock _clock;
    private readonly WorkerMetrics _metrics;
    private readonly ILogger _logger;
    private readonly SessionCore _core;

    public HubRenewal(
        IClusterConnection connection, ClusterCalls calls, MirrorRegistry mirrors, WorkerRun run, WorkerClock clock, WorkerMetrics metrics, ILogger logger)
    {
        _connection = connection;
        _calls = calls;
        _mirrors = mirrors;
        _receiver = new UpdateReceiver(mirrors);
        _run = run;
        _clock = clock;
        _metrics = metrics;
        _logger = logger;
        _core = new SessionCore(run.Timings, clock.Now);
        connection.Changed += RenewNow;
    }

    /// <summary>Registers a component, with the next call.</summary>
    public void Add(string component)
    {
        lock (_lock)
        {
            _core.Add(component, _clock.Now);
        }

        Wake();
    }

    /// <summary>Renews until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var due = _clock.Time.CreateTimer(static renewal => ((HubRenewal)renewal!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var dueDisposal = due.ConfigureAwait(false);
        while (!cancellationToken.IsCancellationRequested)
        {
            HubCall? call;
            TimeSpan? wake;
            lock (_lock)
            {
                call = _core.TakeCall(_clock.Now);
                wake = _core.NextWake - _clock.Now.Elapsed;
            }

            if (call is not null)
            {
                await CallAsync(call).ConfigureAwait(false);
            }
            else if (wake is not { } pause || pause > TimeSpan.Zero)
            {
                due.Change(wake is { } until && until < TimerResolution ? TimerResolution : wake ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                await _wake.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What has changed since the last call of this method: renewals are overdue, or are answered again (C8).</summary>
    /// <returns>The change; null if there is none.</returns>
    public OutageChange? TakeOutageChange()
    {
        lock (_lock)
        {
            return _outage.Apply(_core.OverdueAt <= _clock.Now.Elapsed);
        }
    }

    /// <summary>Ends this worker's registration.</summary>
    public Task UnregisterAsync(IClusterClient client, CancellationToken cancellationToken) =>
        Hub(client).UnregisterAsync(_run.Reporter.Session).AsTask().WaitAsync(cancellationToken);

    private void RenewNow()
    {
        lock (_lock)
        {
            _core.RenewNow(_clock.Now);
        }

        Wake();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task CallAsync(HubCall call)
    {
        try
        {
            var client = _calls.Client;
            var hub = Hub(client);
            var answer = await _calls.AnswerAsync(
                Callee.Hub,
                () => call.IsRegistration ? hub.RegisterAsync(Registration(client, call)).AsTask() : hub.RenewAsync(Renewal()).AsTask()).ConfigureAwait(false);
            lock (_lock)
            {
                _core.Answered(call, answer, _clock.Now);
                _outage.Answered();
            }

            _mirrors.Apply(answer.Updates);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _logger.RenewalFailed(exception);
            _metrics.RenewalMissed();
            bool lacksGrains;
            lock (_lock)
            {
                _core.Failed(_clock.Now);
                lacksGrains = _outage.ShowsMissingGrains(exception);
            }

            if (lacksGrains)
            {
                _logger.NoGrains(_connection.Describe(), MissingGrains.Message);
            }
        }
    }

    private WorkerRegistration Registration(IClusterClient client, HubCall call) => new()
    {
        Session = _run.Reporter.Session,
        Worker = _run.Reporter.Name,
        Observer = _receiver.ReferenceFor(client),
        RenewalInterval = _run.Timings.Renewal,
        AddsTo = call.AddsTo,
        Breakers = [.. call.Components.Select(_mirrors.Claim)],
    };

    private WorkerRenewal Renewal() => new()
    {
        Session = _run.Reporter.Session,
        HubIncarnation = _core.HubIncarnation,
        Sequence = _core.Sequence,
    };

    private IWorkerHubGrain Hub(IClusterClient client) => client.Hub(GrainKeys.HubOf(_run.Reporter.Session));
}
