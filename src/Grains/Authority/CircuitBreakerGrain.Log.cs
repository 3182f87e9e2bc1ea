using Microsoft.Extensions.Logging;

namespace TaskerCore.Orleans.Grains.Authority;

internal sealed partial class CircuitBreakerGrain
{
    [LoggerMessage(EventIds.AuthorityTransition, LogLevel.Warning, "Breaker {Component}: {From} -> {To} ({Cause}), generation {Generation}, by {By}")]
    private partial void LogTransition(
        string component, BreakerState from, BreakerState to, TransitionCause cause, Generation generation, string by);

    [LoggerMessage(EventIds.AuthorityPushFailed, LogLevel.Debug, "Breaker {Component}: hub {Hub} did not accept a push; retrying")]
    private partial void LogPushFailed(string component, string hub, Exception exception);

    [LoggerMessage(EventIds.AuthorityWriteFailed, LogLevel.Warning, "Breaker {Component}: state not persisted; it stays in effect, and the write is retried until it succeeds")]
    private partial void LogWriteFailed(string component, Exception exception);

    [LoggerMessage(EventIds.AuthorityStoredAgain, LogLevel.Information, "Breaker {Component}: state persisted again after {Failures} failed writes")]
    private partial void LogStoredAgain(string component, int failures);

    [LoggerMessage(EventIds.AuthorityReadFailed, LogLevel.Warning, "Breaker {Component}: persisted state could not be read; the breaker continues with the workers' snapshots and retries")]
    private partial void LogReadFailed(string component, Exception exception);

    [LoggerMessage(EventIds.AuthorityLastWriteFailed, LogLevel.Warning, "Breaker {Component}: changes since the last write were not persisted before deactivation")]
    private partial void LogLastWriteFailed(string component, Exception exception);

    [LoggerMessage(EventIds.AuthorityDirectorySilent, LogLevel.Debug, "Breaker {Component}: the directory did not answer; retrying")]
    private partial void LogDirectorySilent(string component, Exception exception);

    [LoggerMessage(EventIds.AuthorityCommand, LogLevel.Information, "Breaker {Component}: command {Command} by {Actor}, sent by {Sender}: {Status}. TTL: {Ttl}. Reason: {Reason}")]
    private partial void LogCommand(string component, CommandKind command, string actor, string sender, CommandStatus status, string ttl, string reason);

    private void LogCommand(string component, OperatorCommand command, CommandStatus status, string sender) =>
        LogCommand(component, command.Kind, command.Actor, sender, status, command.Ttl?.ToString("c", System.Globalization.CultureInfo.InvariantCulture) ?? "none", command.Reason);
}
