using Microsoft.Extensions.Logging;

namespace TaskerCore.Orleans.Grains.Authority;

internal sealed partial class CircuitBreakerGrain
{
    [LoggerMessage(EventIds.AuthorityTransition, LogLevel.Warning, "Breaker {Component}: {From} -> {To} ({Cause}), generation {Generation}, by {By}")]
    private partial void LogTransition(
        string component, BreakerState from, BreakerState to, TransitionCause cause, Generation generation, string by);

    [LoggerMessage(EventIds.AuthorityPushFailed, LogLevel.Debug, "Breaker {Component}: hub {Hub} did not take a push; it is repeated")]
    private partial void LogPushFailed(string component, string hub, Exception exception);

    [LoggerMessage(EventIds.AuthorityWriteFailed, LogLevel.Warning, "Breaker {Component}: its state could not be stored; it stays in force and is written until the store takes it")]
    private partial void LogWriteFailed(string component, Exception exception);

    [LoggerMessage(EventIds.AuthorityStoredAgain, LogLevel.Information, "Breaker {Component}: its state is stored again, after {Failures} failed writes")]
    private partial void LogStoredAgain(string component, int failures);

    [LoggerMessage(EventIds.AuthorityReadFailed, LogLevel.Warning, "Breaker {Component}: its stored state could not be read; it goes on from what workers know and reads again")]
    private partial void LogReadFailed(string component, Exception exception);

    [LoggerMessage(EventIds.AuthorityLastWriteFailed, LogLevel.Warning, "Breaker {Component}: what changed since its last write could not be stored before it ended")]
    private partial void LogLastWriteFailed(string component, Exception exception);

    [LoggerMessage(EventIds.AuthorityDirectorySilent, LogLevel.Debug, "Breaker {Component}: the directory did not answer; it is asked again")]
    private partial void LogDirectorySilent(string component, Exception exception);

    [LoggerMessage(EventIds.AuthorityCommand, LogLevel.Information, "Breaker {Component}: command {Command} by {Actor}, sent by {Sender}: {Status}. TTL: {Ttl}. Reason: {Reason}")]
    private partial void LogCommand(string component, CommandKind command, string actor, string sender, CommandStatus status, string ttl, string reason);

    private void LogCommand(string component, OperatorCommand command, CommandStatus status, string sender) =>
        LogCommand(component, command.Kind, command.Actor, sender, status, command.Ttl?.ToString("c", System.Globalization.CultureInfo.InvariantCulture) ?? "none", command.Reason);
}
