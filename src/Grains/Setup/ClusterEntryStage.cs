using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Directory;

namespace TaskerCore.Orleans.Grains.Setup;

/// <summary>Enters the cluster when a silo of somebody else's is active: beside its own start, which need not wait until the breakers' store answers.</summary>
internal sealed class ClusterEntryStage(
    ClusterEntry entry, LocalConfiguration local, SnapshotSealer sealer, Serializer wire, IServiceProvider services)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private const string Hint = "change one of them: the cluster takes what it has not seen yet";

    public void Participate(ISiloLifecycle lifecycle)
    {
        var stopping = new CancellationTokenSource();
        var entering = Task.CompletedTask;
        lifecycle.Subscribe(
            nameof(ClusterEntryStage),
            ServiceLifecycleStage.Active,
            _ =>
            {
                // A store that is missing is told now, and not by the first breaker.
                services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Rows);
                services.StartBreakerMetrics();
                entering = Task.Run(() => EnterAsync(stopping.Token), CancellationToken.None);
                return Task.CompletedTask;
            },
            async _ =>
            {
                await stopping.CancelAsync();
                await entering;
                stopping.Dispose();
            });
    }

    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        try
        {
            entry.Rehearse(sealer, wire);
            await entry.OfferAsync(local.Current, edited: false, Hint, cancellationToken);
            await entry.WakeAsync();
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }
}
