using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using TaskerCore.Orleans.Grains;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Setup;
using TaskerCore.Orleans.Grains.Storage;

namespace Orleans.Hosting;

/// <summary>Adds the cluster's circuit breakers to a silo of your own.</summary>
public static class CircuitBreakerSiloBuilderExtensions
{
    /// <summary>The name of the grain storage provider for the breakers' rows: <c>breakers</c>. The provider must refuse to overwrite a row that
    /// changed since it was read, as Orleans' providers do. At most 32 rows are read or written at once.</summary>
    public const string StorageName = StorageNames.Provider;

    /// <summary>Adds the grains, and a startup task that sends the settings to the cluster and activates stored breakers. Add the storage
    /// provider <see cref="StorageName"/> and the cluster membership yourself.</summary>
    /// <param name="silo">The silo.</param>
    /// <remarks>Several calls compose: each configures the same options, in the order of the calls. The silo's start throws
    /// <see cref="OptionsValidationException"/> if the options have faults; it names all of them.</remarks>
    /// <param name="configure">Sets <see cref="CircuitBreakerGrainOptions.SnapshotKey"/> at least, unless another call or configuration does.</param>
    public static ISiloBuilder AddCircuitBreakerGrains(this ISiloBuilder silo, Action<CircuitBreakerGrainOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        var added = silo.Services.AddOptions<CircuitBreakerGrainOptions>().ValidateOnStart();
        if (configure is not null)
        {
            added.Configure(configure);
        }

        if (silo.Services.Any(static service => service.ServiceType == typeof(ClusterEntry)))
        {
            return silo;
        }

        silo.Services.AddSingleton<IValidateOptions<CircuitBreakerGrainOptions>, CircuitBreakerGrainOptionsValidator>();
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddBreakerGrains(
            static services => [.. OptionsOf(services).SnapshotKey!],
            static services => OptionsOf(services).CommandsFromWorkers,
            static services => new LocalConfiguration(OptionsOf(services).Own));
        silo.Services.AddKeyedSingleton<IGrainStorage>(StorageNames.Rows, static (services, _) => new BoundedGrainStorage(
            new ProviderStorage(services.GetKeyedService<IGrainStorage>(StorageName) ?? throw new InvalidOperationException(
                $"No grain storage provider is named '{StorageName}'. Add one for the breakers' rows, for example silo.AddAdoNetGrainStorage(\"{StorageName}\", ...).")),
            BoundedGrainStorage.MostAtOnce));
        silo.Services.AddSingleton<ClusterEntry>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ClusterEntryStage>();
        return silo;
    }

    private static CircuitBreakerGrainOptions OptionsOf(IServiceProvider services) =>
        services.GetRequiredService<IOptions<CircuitBreakerGrainOptions>>().Value;
}
