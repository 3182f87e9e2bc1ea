using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Setup;

/// <summary>Enters the cluster when a silo of somebody else's is active: beside its own start, which need not wait until the breakers' store answers.</summary>
internal sealed partial class ClusterEntryStage(IServiceProvider services, ILogger<ClusterEntryStage> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private const string Hint = "change one of them: the cluster accepts settings that it has not seen before";

    private readonly CancellationTokenSource _stopping = new();
    private Task _entering = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe(nameof(ClusterEntryStage), ServiceLifecycleStage.RuntimeInitialize, _ => Check());
        lifecycle.Subscribe(nameof(ClusterEntryStage), ServiceLifecycleStage.Active, _ => Start(), StopAsync);
    }

    /// <summary>Of a silo that did not get as far as to stop.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>Before the silo joins: one whose store is missing must not be given breakers.</summary>
    private Task Check()
    {
        services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Rows);
        return Task.CompletedTask;
    }

    private Task Start()
    {
        services.StartBreakerMetrics();
        _entering = Task.Run(() => EnterAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _entering.WaitAsync(cancellationToken);
    }

    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        try
        {
            var entry = services.GetRequiredService<ClusterEntry>();
            entry.Rehearse(services.GetRequiredService<SnapshotSealer>(), services.GetRequiredService<Serializer>());
            var local = services.GetRequiredService<LocalConfiguration>();
            local.Silo = services.GetRequiredService<ILocalSiloDetails>().SiloAddress.Endpoint.ToString();
            await entry.OfferAsync(local, edited: false, Hint, cancellationToken);
            await entry.WakeAsync(cancellationToken);
            await entry.ReportAsync(local, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The silo stops.
        }
        catch (Exception exception)
        {
            LogBroken(exception);
        }
    }

    [LoggerMessage(EventIds.EntryStageBroken, LogLevel.Error, "This silo could not register with the cluster's directory; its settings may be unknown there")]
    private partial void LogBroken(Exception exception);
}
