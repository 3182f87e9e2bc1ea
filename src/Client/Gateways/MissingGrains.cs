namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>A cluster that answers and has no breakers: an application's own, without <c>AddCircuitBreakerGrains</c>.</summary>
internal static class MissingGrains
{
    public const string Message = "This cluster has no breaker grains: call AddCircuitBreakerGrains on its silos, or add the gateways of a cluster that has them.";

    /// <summary>Whether that is why a call failed. Orleans has no exception type of its own for a grain that no silo has, nor for one whose class is
    /// there and whose services are not.</summary>
    public static bool Explain(Exception exception) =>
        exception switch
        {
            ArgumentException => exception.Message.StartsWith("Could not find an implementation for interface", StringComparison.Ordinal),
            InvalidOperationException => exception.Message.StartsWith("Failed to create an instance of grain type 'TaskerCore.Orleans.Grains.", StringComparison.Ordinal)
                && exception.InnerException?.Message.StartsWith("Unable to resolve service for type", StringComparison.Ordinal) == true,
            _ => false,
        };
}
