using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Client.Metrics;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>One run of a worker, from its start to its end: its mirrors, their way to the authorities, and its renewals at the hub. Safe for any
/// number of threads.</summary>
internal sealed class WorkerSession : IBreakerLink, IDisposable
{
    private static readonly TimeSpan FlushPoll = TimeSpan.FromMilliseconds(5);

    private readonly IClusterConnection _connection;
    private readonly CircuitBreakerClientOptions _options;
    private readonly WorkerClock _clock;
    private readonly ILogger _logger;
    private readonly MirrorRegistry _mirrors;
    private readonly AuthorityLink _link;
    private readonly HubRenewal _renewal;
    private readonly MirrorSweep _sweep;

    public WorkerSession(
        IClusterConnection connection, CircuitBreakerClientOptions options, WorkerClock clock, WorkerMetrics metrics, ILogger<WorkerSession> logger)
    {
        _connection = connection;
        _options = options;
        _clock = clock;
        _logger = logger;
        Run = new WorkerRun(Guid.NewGuid(), options.WorkerName, new MirrorTimings(options.RenewalInterval, options.FlushInterval), Guid.NewGuid);
        _mirrors = new MirrorRegistry(logger);
        var calls = new ClusterCalls(connection, Run.Timings.Renewal, clock);
        _link = new AuthorityLink(calls, metrics);
        _renewal = new HubRenewal(connection, calls, _mirrors, Run, clock, metrics, logger);
        _sweep = new MirrorSweep(_mirrors, _renewal, clock, logger);
        metrics.Watch(_mirrors.All);
    }

    /// <summary>What its mirrors have in common.</summary>
    public WorkerRun Run { get; }

    public IEnumerable<BreakerMirror> Mirrors => _mirrors.All;

    public BreakerMirror? Find(string component) => _mirrors.Find(component);

    /// <summary>The component's mirror; a new one is registered at the hub with the next call.</summary>
    public BreakerMirror GetOrAdd(string component, Func<string, BreakerMirror> make)
    {
        var mirror = _mirrors.GetOrAdd(component, make, out var added);
        if (added)
        {
            _renewal.Add(component);
        }

        return mirror;
    }

    public Task<ReportAnswer> ReportAsync(string component, WorkerReport report) => _link.ReportAsync(component, report);

    public Task<PermitAnswer> RequestPermitAsync(string component, PermitRequest request) => _link.RequestPermitAsync(component, request);

    /// <summary>Renews and collects until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var renewing = _renewal.RunAsync(cancellationToken);
        try
        {
            await _sweep.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reports what is left and unregisters, within <see cref="CircuitBreakerClientOptions.StopTimeout"/>.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.StopTimeout);
        try
        {
            if (_connection.Client is { } client)
            {
                using var poll = new PeriodicTimer(FlushPoll, _clock.Time);
                while (!_mirrors.Flush())
                {
                    await poll.WaitForNextTickAsync(limit.Token).ConfigureAwait(false);
                }

                await _renewal.UnregisterAsync(client, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _logger.NotUnregistered(exception.Message);
            if (_mirrors.All.Count(mirror => !mirror.IsFlushed) is > 0 and var breakers)
            {
                _logger.NotFlushed(breakers);
            }
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose() => _mirrors.Dispose();
}
