using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace TaskerCore.Orleans.Client;

/// <summary>Finds every fault of a worker's options at once, each with its setting and the remedy.</summary>
internal sealed class CircuitBreakerClientOptionsValidator(IServiceProvider services) : IValidateOptions<CircuitBreakerClientOptions>
{
    public ValidateOptionsResult Validate(string? name, CircuitBreakerClientOptions options)
    {
        List<string> faults = [.. Faults(options), .. FaultsOfTheWay(options)];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <summary>The faults of each option for itself.</summary>
    internal static IEnumerable<string> Faults(CircuitBreakerClientOptions options)
    {
        foreach (var gateway in options.Gateways.Where(gateway => !GatewayAddress.TryParse(gateway, out _)))
        {
            yield return $"{Named(nameof(options.Gateways))}: {GatewayAddress.Fault(gateway)}";
        }

        foreach (var fault in new[]
        {
            Fault(nameof(options.RenewalInterval), options.RenewalInterval, 0.1, 60),
            Fault(nameof(options.FlushInterval), options.FlushInterval, 0.1, 60),
            Fault(nameof(options.StopTimeout), options.StopTimeout, 0, 60),
        })
        {
            if (fault is not null)
            {
                yield return fault;
            }
        }

        if (string.IsNullOrWhiteSpace(options.WorkerName) || options.WorkerName.Length > 128)
        {
            yield return $"{Named(nameof(options.WorkerName))} must have 1-128 characters.";
        }

        foreach (var (setting, value) in new[] { (nameof(options.ClusterId), options.ClusterId), (nameof(options.ServiceId), options.ServiceId) })
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                yield return $"{Named(setting)} is empty: set it to the silo's.";
            }
        }

        if (!Enum.IsDefined(options.OrleansLogLevel))
        {
            yield return $"{Named(nameof(options.OrleansLogLevel))} must be one of {string.Join(", ", Enum.GetNames<LogLevel>())}.";
        }

        if (options.Tls?.Fault($"{Named(nameof(options.Tls))}.") is { } tls)
        {
            yield return $"{tls}.";
        }

        if (options.LocalConfiguration is null)
        {
            yield return $"{Named(nameof(options.LocalConfiguration))} is null: leave it out for the built-in settings.";
        }

        foreach (var component in options.Classifiers.Keys.Where(component => !ComponentName.IsValid(component)))
        {
            yield return $"{Named(nameof(options.Classifiers))}: {ComponentName.Fault(component)}";
        }
    }

    private IEnumerable<string> FaultsOfTheWay(CircuitBreakerClientOptions options)
    {
        if (options.Gateways.Count > 0)
        {
            yield break;
        }

        if (options.Tls is not null)
        {
            yield return $"{Named(nameof(options.Tls))} is for {nameof(options.Gateways)}, and there are none: TLS of an IClusterClient is its owner's.";
        }

        // Not resolved where it can be avoided: nothing else of the worker needs it yet.
        if (services.GetService<IServiceProviderIsService>() is { } known ? !known.IsService(typeof(IClusterClient)) : services.GetService<IClusterClient>() is null)
        {
            yield return $"{Named(nameof(options.Gateways))} is empty: add a gateway (o.Gateways.Add(\"silo-1:30000\")), or register an IClusterClient.";
        }
    }

    private static string Named(string setting) => $"{nameof(CircuitBreakerClientOptions)}.{setting}";

    private static string? Fault(string setting, TimeSpan value, double min, double max) =>
        value < TimeSpan.FromSeconds(min) || value > TimeSpan.FromSeconds(max)
            ? string.Create(CultureInfo.InvariantCulture, $"{Named(setting)} must be {min}-{max} seconds; it is {value.TotalSeconds}.")
            : null;
}
