using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orleans;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Client.Metrics;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>One worker's run: its id, its renewals at its hub, and the way of its mirrors to their authorities. A shell around
/// <see cref="SessionCore"/>. Safe for any number of threads.</summary>
internal sealed partial class WorkerSession : IBreakerLink, IWorkerObserver, IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentDictionary<string, BreakerMirror> _mirrors = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _silentSince = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly IClusterConnection _connection;
    private readonly CircuitBreakerClientOptions _options;
    private readonly WorkerClock _clock;
    private readonly WorkerMetrics _metrics;
    private readonly ILogger _logger;
    private readonly SessionCore _core;
    private IWorkerObserver? _observer;
    private bool _isOverdue;
    private volatile bool _lacksGrains;

    public WorkerSession(
        IClusterConnection connection, CircuitBreakerClientOptions options, WorkerClock clock, WorkerMetrics metrics, ILogger<WorkerSession> logger)
    {
        _connection = connection;
        _options = options;
        _clock = clock;
        _metrics = metrics;
        _logger = logger;
        Run = new WorkerRun(Guid.NewGuid(), options.WorkerName, new MirrorTimings(options.RenewalInterval, options.FlushInterval), Guid.NewGuid);
        _core = new SessionCore(Run.Timings, clock.Now);
        metrics.Watch(_mirrors.Select(named => named.Value));
        connection.Changed += () =>
        {
            lock (_lock)
            {
                _core.RenewNow(_clock.Now);
            }

            _wake.Writer.TryWrite(true);
        };
    }

    /// <summary>What its mirrors have in common.</summary>
    public WorkerRun Run { get; }

    public IEnumerable<BreakerMirror> Mirrors => _mirrors.Values;

    public BreakerMirror? Find(string component) => _mirrors.GetValueOrDefault(component);

    /// <summary>The component's mirror; a new one is registered at the hub with the next call.</summary>
    public BreakerMirror GetOrAdd(string component, Func<string, BreakerMirror> make)
    {
        lock (_lock)
        {
            if (Find(component) is { } known)
            {
                return known;
            }

            var mirror = make(component);
            _mirrors[component] = mirror;
            _core.Add(component, _clock.Now);
            _wake.Writer.TryWrite(true);
            return mirror;
        }
    }

    public async Task<ReportAnswer> ReportAsync(string component, WorkerReport report)
    {
        using var activity = ReportActivity.Start(component, report);
        try
        {
            var answer = await AnswerAsync(component, () => Grain(component).ReportAsync(report).AsTask()).ConfigureAwait(false);
            _metrics.Answered(report, answer);
            return answer;
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", exception.GetType().FullName);
            throw;
        }
    }

    public Task<PermitAnswer> RequestPermitAsync(string component, PermitRequest request) =>
        AnswerAsync(component, () => Grain(component).RequestPermitAsync(request).AsTask());

    public ValueTask OnUpdatesAsync(ImmutableArray<BreakerUpdate> updates)
    {
        Deliver(updates);
        return ValueTask.CompletedTask;
    }

    /// <summary>Renews and collects until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var renewing = RenewAsync(cancellationToken);
        using var sweep = new PeriodicTimer(SweepInterval, _clock.Time);
        try
        {
            while (await sweep.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                Sweep();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reports what is left and takes leave, within the limit.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.StopTimeout);
        try
        {
            if (_connection.Client is { } client)
            {
                using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(5), _clock.Time);
                while (!FlushAll())
                {
                    await poll.WaitForNextTickAsync(limit.Token).ConfigureAwait(false);
                }

                await Hub(client).UnregisterAsync(Run.Reporter.Session).AsTask().WaitAsync(limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotStopped(exception.Message);
            if (_mirrors.Values.Count(mirror => !mirror.IsFlushed) is > 0 and var breakers)
            {
                LogNotFlushed(breakers);
            }
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var mirror in _mirrors.Values)
        {
            mirror.Dispose();
        }
    }

    /// <summary>Has everything reported that was counted until now; whether there is nothing left.</summary>
    private bool FlushAll()
    {
        foreach (var mirror in _mirrors.Values)
        {
            mirror.Flush();
        }

        return _mirrors.Values.All(mirror => mirror.IsFlushed);
    }

    private void Sweep()
    {
        var now = _clock.Now;
        bool overdue;
        lock (_lock)
        {
            overdue = _core.OverdueAt <= now.Elapsed;
        }

        SetOverdue(overdue);
        foreach (var mirror in _mirrors.Values)
        {
            Guarded(mirror, flushed => flushed.FlushIfDue(now));
        }
    }

    /// <summary>A defect at one breaker must not end the loop that serves them all.</summary>
    private void Guarded(BreakerMirror mirror, Action<BreakerMirror> action)
    {
        try
        {
            action(mirror);
        }
        catch (Exception exception)
        {
            LogBroken(mirror.Component, exception);
        }
    }

    private void SetOverdue(bool overdue)
    {
        if (_isOverdue == overdue)
        {
            return;
        }

        _isOverdue = overdue;
        if (!overdue || !_lacksGrains)
        {
            LogReachable(overdue ? "does not answer" : "answers again");
        }

        foreach (var mirror in _mirrors.Values)
        {
            Guarded(mirror, told => told.RenewalIsOverdue(overdue));
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var due = _clock.Time.CreateTimer(
            static wake => ((ChannelWriter<bool>)wake!).TryWrite(true), _wake.Writer, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
                await CallHubAsync(call).ConfigureAwait(false);
            }
            else if (wake is not { } pause || pause > TimeSpan.Zero)
            {
                due.Change(wake is { } until && until < TimerResolution ? TimerResolution : wake ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                await _wake.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task CallHubAsync(HubCall call)
    {
        try
        {
            var client = Connected();
            var hub = Hub(client);
            var answer = await AnswerAsync(string.Empty, () => call.IsRegistration
                ? hub.RegisterAsync(Registration(client, call)).AsTask()
                : hub.RenewAsync(new WorkerRenewal { Session = Run.Reporter.Session, HubIncarnation = _core.HubIncarnation, Sequence = _core.Sequence }).AsTask())
                .ConfigureAwait(false);
            lock (_lock)
            {
                _core.Answered(call, answer, _clock.Now);
            }

            _lacksGrains = false;
            Deliver(answer.Updates);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogRenewalFailed(exception);
            if (MissingGrains.Explain(exception) && !_lacksGrains)
            {
                _lacksGrains = true;
                LogNoGrains(_connection.Describe(), MissingGrains.Message);
            }

            _metrics.RenewalMissed();
            lock (_lock)
            {
                _core.Failed(_clock.Now);
            }
        }
    }

    /// <summary>The answer to a call, or an error after one renewal (C8). Whoever is silent for long is told of: a component's authority,
    /// or, without a name, the hub.</summary>
    private async Task<T> AnswerAsync<T>(string whose, Func<Task<T>> call)
    {
        var startedAt = _clock.Time.GetTimestamp();
        try
        {
            var answer = await call().WaitAsync(Run.Timings.Renewal, _clock.Time).ConfigureAwait(false);
            _silentSince.TryRemove(whose, out _);
            return answer;
        }
        catch (TimeoutException)
        {
            if (_clock.Time.GetElapsedTime(_silentSince.GetOrAdd(whose, startedAt)) >= GatewayChoice.Patience)
            {
                _connection.Silent();
            }

            throw;
        }
        catch (Exception exception) when (exception is not (ClusterUnavailableException or OutOfMemoryException))
        {
            _silentSince.TryRemove(whose, out _);
            _connection.Refused();
            throw;
        }
    }

    private WorkerRegistration Registration(IClusterClient client, HubCall call) => new()
    {
        Session = Run.Reporter.Session,
        Worker = Run.Reporter.Name,
        Observer = _observer ??= client.CreateObjectReference<IWorkerObserver>(this),
        RenewalInterval = Run.Timings.Renewal,
        AddsTo = call.AddsTo,
        Breakers = [.. call.Components.Select(component => new RegisteredBreaker(component, _mirrors[component].Claim()))],
    };

    private void Deliver(ImmutableArray<BreakerUpdate> updates)
    {
        foreach (var update in updates.IsDefault ? [] : updates)
        {
            if (_mirrors.TryGetValue(update.Component, out var mirror))
            {
                Guarded(mirror, hearing => hearing.Hear(update));
            }
        }
    }

    private IClusterClient Connected() =>
        _connection.Client ?? throw new ClusterUnavailableException($"No silo was reached yet through {_connection.Describe()}.");

    private ICircuitBreakerGrain Grain(string component) => Connected().Breaker(component);

    private IWorkerHubGrain Hub(IClusterClient client) => client.Hub(GrainKeys.HubOf(Run.Reporter.Session));
}
