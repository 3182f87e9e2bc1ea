using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using TaskerCore.Orleans.Grains;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Setup;
using TaskerCore.Orleans.Grains.Storage;

namespace Orleans.Hosting;

/// <summary>Adds the cluster's circuit breakers to a silo of one's own.</summary>
public static class CircuitBreakerSiloBuilderExtensions
{
    /// <summary>The name of the grain storage provider that keeps the breakers' rows: <c>breakers</c>. It must refuse to overwrite a row that
    /// has changed since it was read, as Orleans' providers do; at most 32 rows are read or written at once.</summary>
    public const string StorageName = StorageNames.Provider;

    /// <summary>Adds the grains, and what they do once the silo has joined: tell the cluster of the settings, and wake what is stored. The store is
    /// the caller's to add, under <see cref="StorageName"/>; membership and its time-outs are the silo's own.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="configure">Sets at least <see cref="CircuitBreakerGrainOptions.SnapshotKey"/>.</param>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    /// <exception cref="InvalidOperationException">The silo has the grains already.</exception>
    public static ISiloBuilder AddCircuitBreakerGrains(this ISiloBuilder silo, Action<CircuitBreakerGrainOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(configure);
        if (silo.Services.Any(static service => service.ServiceType == typeof(ClusterEntry)))
        {
            throw new InvalidOperationException("AddCircuitBreakerGrains was called for this silo already: set the key and the settings in one call.");
        }

        var options = new CircuitBreakerGrainOptions();
        configure(options);
        options.Validate();
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddBreakerGrains([.. options.SnapshotKey!], options.CommandsFromWorkers, new LocalConfiguration(options.Own));
        silo.Services.AddKeyedSingleton<IGrainStorage>(StorageNames.Rows, static (services, _) => new BoundedGrainStorage(
            new ProviderStorage(services.GetKeyedService<IGrainStorage>(StorageName) ?? throw new InvalidOperationException(
                $"No grain storage provider is named '{StorageName}'. Add one for the breakers' rows, such as silo.AddAdoNetGrainStorage(\"{StorageName}\", ...).")),
            BoundedGrainStorage.MostAtOnce));
        silo.Services.AddSingleton<ClusterEntry>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ClusterEntryStage>();
        return silo;
    }
}
