using Microsoft.Extensions.Logging;

namespace TaskerCore.Orleans.Client.Mirror;

internal sealed partial class BreakerMirror
{
    [LoggerMessage(EventId = 1, Message = "Breaker {Component}: {Before} -> {Now}")]
    private static partial void LogMode(ILogger logger, LogLevel level, string component, BreakerMode before, BreakerMode now);

    [LoggerMessage(5, LogLevel.Warning,
        "Breaker {Component}: report {Number} was not answered for {Limit} and is dropped: what it counted may be missing in the totals")]
    private static partial void LogReportDropped(ILogger logger, string component, long number, TimeSpan limit);

    [LoggerMessage(4, LogLevel.Error, "Breaker {Component}: a defect; it goes on with the next input")]
    private static partial void LogBroken(ILogger logger, string component, Exception exception);

    [LoggerMessage(2, LogLevel.Debug, "Breaker {Component}: report {Number} was not answered; it is sent again")]
    private static partial void LogReportFailed(ILogger logger, string component, long number, Exception exception);

    [LoggerMessage(3, LogLevel.Debug, "Breaker {Component}: permit request {Number} was not answered; it is given up")]
    private static partial void LogPermitFailed(ILogger logger, string component, long number, Exception exception);
}
