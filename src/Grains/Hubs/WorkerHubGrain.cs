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
    private readonly GrainClock _clock = new(services);
    private HubCore _core = null!;
    private IGrainTimer _timer = null!;
    private IDisposable? _listening;
    private HubTelemetry _telemetry = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _core = new HubCore(this.GetPrimaryKeyString(), Guid.NewGuid());
        _telemetry = metrics.WatchHub();
        _timer = this.RegisterGrainTimer(
            static (grain, _) =>
            {
                grain.CarryOut();
                return Task.CompletedTask;
            },
            this,
            new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
        _listening = silos.Listen(SilosChanged);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _listening?.Dispose();
        _telemetry?.Dispose();
    }

    public ValueTask<RenewalAnswer> RegisterAsync(WorkerRegistration registration) => After(_core.Register(registration, _clock.Now));

    public ValueTask<RenewalAnswer> RenewAsync(WorkerRenewal renewal) => ValueTask.FromResult(_core.Renew(renewal, _clock.Now));

    public ValueTask UnregisterAsync(Guid session)
    {
        _core.Unregister(session, _clock.Now);
        CarryOut();
        return ValueTask.CompletedTask;
    }

    public ValueTask<HubPushAnswer> PushAsync(BreakerSnapshot snapshot, bool reset, SiloPass? pass)
    {
        guard.ThrowUnlessSilo(pass);
        return After(_core.Push(snapshot, reset, _clock.Now));
    }

    private ValueTask<T> After<T>(T answer)
    {
        CarryOut();
        return ValueTask.FromResult(answer);
    }

    /// <summary>Does what the core says is to be done now. Nothing here waits.</summary>
    private void CarryOut()
    {
        var effects = _core.TakeEffects(_clock.Now);
        foreach (var (observer, updates) in effects.Deliveries)
        {
            DeliverAsync(observer, updates).Ignore();
        }

        foreach (var (component, attachment) in effects.Attachments)
        {
            AttachAsync(component, attachment).Ignore();
        }

        _telemetry.Workers = _core.Workers;
        _timer.Change(Wake.In(effects.NextWake, _clock.Now), Timeout.InfiniteTimeSpan);
        DelayDeactivation(_core.Workers > 0 ? TimeSpan.MaxValue : TimeSpan.Zero);
    }

    private void SilosChanged()
    {
        _core.SilosChanged(_clock.Now);
        CarryOut();
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

    private async Task AttachAsync(string component, HubAttachment attachment)
    {
        try
        {
            var answer = await GrainFactory.Breaker(component).AttachAsync(attachment, guard.Pass);
            _core.AttachAnswered(component, attachment, answer, _clock.Now);
        }
        catch (Exception exception)
        {
            LogNotAttached(component, exception);
            _core.AttachFailed(component, attachment, _clock.Now);
        }

        CarryOut();
    }

    [LoggerMessage(1, LogLevel.Debug, "A push to a worker failed; its next renewal makes it good")]
    private partial void LogNotDelivered(Exception exception);

    [LoggerMessage(2, LogLevel.Debug, "The authority of {Component} did not answer; it is called again")]
    private partial void LogNotAttached(string component, Exception exception);
}
