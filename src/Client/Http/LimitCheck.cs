using Microsoft.Extensions.Logging;

namespace TaskerCore.Orleans.Client.Http;

/// <summary>Warns once for a client whose hanging requests never count: it has no timeout, its breaker has no limit, and no resilience handler stands
/// inside of the breaker.</summary>
/// <remarks>Safe for any number of threads. Once it has checked, it costs a request one read.</remarks>
internal sealed partial class LimitCheck(string client, string component, ILogger<LimitCheck> logger)
{
    private const string ResilienceHandlers = "Microsoft.Extensions.Http.Resilience.";

    private int _isDone;

    /// <summary>To be called at the first request: a typed client may set its timeout after it was made.</summary>
    public void Check(HttpCircuitBreakerOptions options, LatestClient latest, HttpMessageHandler? inside)
    {
        if (Volatile.Read(ref _isDone) == 0
            && Interlocked.Exchange(ref _isDone, 1) == 0
            && options.TimeoutAfter is null
            && latest.TimeoutAfter == Timeout.InfiniteTimeSpan
            && !MayLimit(inside))
        {
            LogUnlimited(client, component);
        }
    }

    private static bool MayLimit(HttpMessageHandler? inside)
    {
        for (var handler = inside; handler is not null; handler = (handler as DelegatingHandler)?.InnerHandler)
        {
            if (handler.GetType().FullName?.StartsWith(ResilienceHandlers, StringComparison.Ordinal) == true)
            {
                return true;
            }
        }

        return false;
    }

    [LoggerMessage(EventIds.HttpUnlimited, LogLevel.Warning,
        "The HttpClient '{Client}' has no Timeout (AddStandardResilienceHandler takes it away), and its breaker {Component} has no limit: a request that hangs until it is cancelled never counts as a failure. Set TimeoutAfter in AddClusterCircuitBreaker to a little less than the attempt's timeout, or to Timeout.InfiniteTimeSpan if none is to count")]
    private partial void LogUnlimited(string client, string component);
}
