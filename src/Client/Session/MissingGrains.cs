namespace TaskerCore.Orleans.Client.Session;

/// <summary>A cluster that answers and has no breakers: an application's own, without <c>AddCircuitBreakerGrains</c>.</summary>
internal static class MissingGrains
{
    public const string Message = "This cluster has no breaker grains: call AddCircuitBreakerGrains on its silos, or add the gateways of a cluster that has them.";

    /// <summary>Whether that is why a grain could not be addressed. Orleans has no exception type of its own for it.</summary>
    public static bool Explain(Exception exception) =>
        exception is ArgumentException && exception.Message.StartsWith("Could not find an implementation for interface", StringComparison.Ordinal);
}
