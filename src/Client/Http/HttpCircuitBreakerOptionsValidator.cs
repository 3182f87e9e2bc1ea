using Microsoft.Extensions.Options;

namespace TaskerCore.Orleans.Client.Http;

/// <summary>Finds the faults of a guarded client's options.</summary>
internal sealed class HttpCircuitBreakerOptionsValidator : IValidateOptions<HttpCircuitBreakerOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpCircuitBreakerOptions options) =>
        options.TimeoutAfter is { } after && after <= TimeSpan.Zero && after != Timeout.InfiniteTimeSpan
            ? ValidateOptionsResult.Fail(
                $"{nameof(HttpCircuitBreakerOptions)}.{nameof(options.TimeoutAfter)} of '{name}' must be above zero, or Timeout.InfiniteTimeSpan (-00:00:00.0010000).")
            : ValidateOptionsResult.Success;
}
