using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using TaskerCore.Orleans.Grains.Edge;
using TaskerCore.Orleans.Grains.Hosting;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains.Metrics;

namespace TaskerCore.Orleans.Grains.Hubs;

/// <summary>The shell of a hub: feeds <see cref="HubCore"/> and carries out what it says. It holds no rule.</summary>
[Reentrant]
internal sealed partial class WorkerHubGrain(IServiceProvider services, SiloWatch silos, SiloMetrics metrics, CallGuard guard, ILogger<WorkerHubGrain> logger)
    : Grain, IWorkerHubGrain, IDisposable
{
    private HubCore _core = null!;
    private CoreShell _shell = null!;
    private IDisposable? _listening;
    private HubTelemetry _telemetry = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _core = new HubCore(this.GetPrimaryKeyString(), Guid.NewGuid());
        _telemetry = metrics.WatchHub();
        _shell = CoreShell.Of(this, CoreShell.ClockOf(services), CarryOut);
        _listening = silos.Listen(SilosChanged);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _listening?.Dispose();
        _telemetry?.Dispose();
    }

    public ValueTask<RenewalAnswer> RegisterAsync(WorkerRegistration registration) => _shell.After(_core.Register(registration, _shell.Now));

    public ValueTask<RenewalAnswer> RenewAsync(WorkerRenewal renewal) => ValueTask.FromResult(_core.Renew(renewal, _shell.Now));

    public ValueTask UnregisterAsync(Guid session)
    {
        _core.Unregister(session, _shell.Now);
        _shell.CarryOut();
        return ValueTask.CompletedTask;
    }

    public ValueTask<HubPushAnswer> PushAsync(BreakerSnapshot snapshot, bool reset, SiloPass? pass)
    {
        guard.ThrowUnlessSilo(pass);
        return _shell.After(_core.Push(snapshot, reset, _shell.Now));
    }

    private TimeSpan? CarryOut(Moment now)
    {
        var effects = _core.TakeEffects(now);
        foreach (var (observer, updates) in effects.Deliveries)
        {
            DeliverAsync(observer, updates).Ignore();
        }

        foreach (var (component, attachment) in effects.Attachments)
        {
            Attach(component, attachment);
        }

        _telemetry.Workers = _core.Workers;
        DelayDeactivation(_core.Workers > 0 ? TimeSpan.MaxValue : TimeSpan.Zero);
        return effects.NextWake;
    }

    private void SilosChanged()
    {
        _core.SilosChanged(_shell.Now);
        _shell.CarryOut();
    }

    private async Task DeliverAsync(IWorkerObserver observer, ImmutableArray<BreakerUpdate> updates)
    {
        try
        {
            await observer.OnUpdatesAsync(updates);
        }
        catch (Exception exception)
        {
            // One-way: whoever did not get it asks with the next renewal (C5).
            LogNotDelivered(exception);
        }
    }

    private void Attach(string component, HubAttachment attachment) => _shell.Start(
        async () => _core.AttachAnswered(component, attachment, await GrainFactory.Breaker(component).AttachAsync(attachment, guard.Pass), _shell.Now),
        exception =>
        {
            LogNotAttached(component, exception);
            _core.AttachFailed(component, attachment, _shell.Now);
        });

    [LoggerMessage(EventIds.HubNotDelivered, LogLevel.Debug, "A push to a worker failed; the worker's next renewal repairs it")]
    private partial void LogNotDelivered(Exception exception);

    [LoggerMessage(EventIds.HubNotAttached, LogLevel.Debug, "The authority of {Component} did not answer; retrying")]
    private partial void LogNotAttached(string component, Exception exception);
}
