using Microsoft.Extensions.Logging;

namespace TaskerCore.Orleans.Client.Session;

internal sealed partial class WorkerSession
{
    [LoggerMessage(1, LogLevel.Warning, "The cluster {Reachable}")]
    private partial void LogReachable(string reachable);

    [LoggerMessage(2, LogLevel.Debug, "A renewal was not answered; it is repeated")]
    private partial void LogRenewalFailed(Exception exception);

    [LoggerMessage(4, LogLevel.Error, "Breaker {Component}: a defect; the others are served on")]
    private partial void LogBroken(string component, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "Stopped with outcomes of {Breakers} breakers not reported: the cluster did not answer in time")]
    private partial void LogNotFlushed(int breakers);

    [LoggerMessage(5, LogLevel.Debug, "The hub did not take the end of this worker's session: {Reason}")]
    private partial void LogNotStopped(string reason);

    [LoggerMessage(6, LogLevel.Warning, "A cluster answers through {Way}. {Reason} Meanwhile this worker's breakers decide for themselves")]
    private partial void LogNoGrains(string way, string reason);
}
