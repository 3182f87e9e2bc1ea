using System.Net;

namespace TaskerCore.Orleans.Client;

/// <summary>Recognises that an inner breaker rejected a call: as an exception, however it is wrapped, or as a value. Safe for any number of
/// threads.</summary>
internal static class Rejections
{
    private const string PollysBrokenCircuit = "Polly.CircuitBreaker.BrokenCircuitException";
    private const int DeepestWrapping = 32;

    private static Type? _lastOther;

    /// <summary>Whether the exception is a rejection, or is caused by nothing but rejections: of this project's breakers
    /// (<see cref="CircuitOpenException"/>, <see cref="BreakerRefusedException"/>), or of Polly's own.</summary>
    public static bool Is(Exception exception) => Is(exception, DeepestWrapping);

    /// <summary>Whether a result says that a call was rejected.</summary>
    public static bool Is<TResult>(TResult result) => typeof(TResult).IsValueType
        ? result is IRejectable { IsRejected: true }
        : result is RejectedResponse;

    /// <summary>Whether the exception may say of a response of 503 that it is no success.</summary>
    public static bool MaySayRejectedResponse(Exception exception) =>
        exception is HttpRequestException { StatusCode: HttpStatusCode.ServiceUnavailable }
        || (exception.InnerException is { } inner && MaySayRejectedResponse(inner));

    private static bool Is(Exception exception, int deeper)
    {
        if (exception is CircuitOpenException or BreakerRefusedException || IsPollys(exception.GetType()))
        {
            return true;
        }

        if (deeper == 0)
        {
            return false;
        }

        return exception switch
        {
            AggregateException { InnerExceptions: { Count: > 0 } all } => AreAll(all, deeper - 1),
            { InnerException: { } inner } => Is(inner, deeper - 1),
            _ => false,
        };
    }

    private static bool AreAll(IEnumerable<Exception> exceptions, int deeper) => exceptions.All(one => Is(one, deeper));

    /// <summary>By its name: the package of this client does not depend on Polly.</summary>
    private static bool IsPollys(Type type)
    {
        if (ReferenceEquals(type, Volatile.Read(ref _lastOther)))
        {
            return false;
        }

        for (var ancestor = type; ancestor is not null && ancestor != typeof(Exception); ancestor = ancestor.BaseType)
        {
            if (ancestor.FullName == PollysBrokenCircuit)
            {
                return true;
            }
        }

        Volatile.Write(ref _lastOther, type);
        return false;
    }
}

/// <summary>A result that may be a rejection instead.</summary>
internal interface IRejectable
{
    bool IsRejected { get; }
}
