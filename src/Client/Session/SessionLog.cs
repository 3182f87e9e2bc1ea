using Microsoft.Extensions.Logging;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>What the parts of a <see cref="WorkerSession"/> log, all under its category.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(EventIds.SessionReachable, LogLevel.Warning, "The cluster {Reachable}")]
    public static partial void Reachable(this ILogger logger, string reachable);

    [LoggerMessage(EventIds.SessionRenewalFailed, LogLevel.Debug, "A renewal was not answered; it is repeated")]
    public static partial void RenewalFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventIds.SessionMirrorBroken, LogLevel.Error, "Breaker {Component}: a defect; the others are served on")]
    public static partial void MirrorBroken(this ILogger logger, string component, Exception exception);

    [LoggerMessage(EventIds.SessionNotFlushed, LogLevel.Warning, "Stopped with outcomes of {Breakers} breakers not reported: the cluster did not answer in time")]
    public static partial void NotFlushed(this ILogger logger, int breakers);

    [LoggerMessage(EventIds.SessionNotUnregistered, LogLevel.Debug, "The hub did not take the end of this worker's session: {Reason}")]
    public static partial void NotUnregistered(this ILogger logger, string reason);

    [LoggerMessage(EventIds.SessionNoGrains, LogLevel.Warning, "A cluster answers through {Way}. {Reason} Meanwhile this worker's breakers decide for themselves")]
    public static partial void NoGrains(this ILogger logger, string way, string reason);
}
