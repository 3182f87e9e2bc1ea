using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace TaskerCore.Orleans.Client;

/// <summary>Finds every fault of a health check's options at once.</summary>
internal sealed class CircuitBreakerHealthOptionsValidator : IValidateOptions<CircuitBreakerHealthOptions>
{
    public ValidateOptionsResult Validate(string? name, CircuitBreakerHealthOptions options)
    {
        List<string> faults =
        [
            .. new[]
            {
                (nameof(options.Open), options.Open),
                (nameof(options.ForcedOpen), options.ForcedOpen),
                (nameof(options.HalfOpen), options.HalfOpen),
                (nameof(options.ForcedClosed), options.ForcedClosed),
                (nameof(options.Local), options.Local),
                (nameof(options.Starting), options.Starting),
                (nameof(options.Refused), options.Refused),
                (nameof(options.Isolated), options.Isolated),
            }
            .Where(status => !Enum.IsDefined(status.Item2))
            .Select(status => $"{nameof(CircuitBreakerHealthOptions)}.{status.Item1} must be {string.Join(", ", Enum.GetNames<HealthStatus>())}."),
        ];
        if (options.Components is null)
        {
            faults.Add($"{nameof(CircuitBreakerHealthOptions)}.{nameof(options.Components)} is null: leave it out for all components.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
