using Microsoft.Extensions.Logging;

namespace TaskerCore.Orleans.Client.Mirror;

internal sealed partial class BreakerMirror
{
    [LoggerMessage(1, LogLevel.Warning, "Breaker {Component}: {Before} -> {Now}")]
    private partial void LogMode(string component, BreakerMode before, BreakerMode now);

    [LoggerMessage(2, LogLevel.Debug, "Breaker {Component}: report {Number} was not answered; it is sent again")]
    private partial void LogReportFailed(string component, long number, Exception exception);

    [LoggerMessage(3, LogLevel.Debug, "Breaker {Component}: permit request {Number} was not answered; it is given up")]
    private partial void LogPermitFailed(string component, long number, Exception exception);
}
