using Microsoft.Extensions.Options;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Directory;

namespace TaskerCore.Orleans.Grains.Setup;

/// <summary>Finds every fault of a silo's options at once.</summary>
internal sealed class CircuitBreakerGrainOptionsValidator : IValidateOptions<CircuitBreakerGrainOptions>
{
    public ValidateOptionsResult Validate(string? name, CircuitBreakerGrainOptions options)
    {
        List<string> faults = [];
        if (options.SnapshotKey is not { Length: >= SnapshotSealer.MinKeyLength })
        {
            faults.Add(
                $"{nameof(CircuitBreakerGrainOptions)}.{nameof(options.SnapshotKey)} must have at least {SnapshotSealer.MinKeyLength} bytes, the same on every silo.");
        }

        if (!ConfigurationRanges.Hold(options.Configuration))
        {
            faults.Add(
                $"{nameof(CircuitBreakerGrainOptions)}.{nameof(options.Configuration)} has an invalid component name or a setting out of range: see docs/configuration.md.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
