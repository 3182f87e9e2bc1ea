using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Client.Mirror;

internal sealed partial class BreakerMirror
{
    private void Log(TransitionNews news, TimeSpan now)
    {
        if (_context.TransitionLog.Admits(_component, news.Now, now))
        {
            var level = news.Now is BreakerState.Open or BreakerState.ForcedOpen ? LogLevel.Warning : LogLevel.Information;
            LogTransition(_context.Logger, level, _component, news.Before, news.Now, news.Why, news.Next);
        }
    }

    /// <summary>Sums up what was not logged, of all breakers of the worker: whichever is asked first.</summary>
    private void LogLeftOut(Moment now)
    {
        var leftOut = _context.TransitionLog.EndPeriod(now.Elapsed);
        foreach (var one in leftOut.Take(TransitionLogLimit.MostNamed))
        {
            LogTransitionsLeftOut(_context.Logger, one.Component, one.Transitions, TransitionLogLimit.Period, one.State);
        }

        if (leftOut.Count > TransitionLogLimit.MostNamed)
        {
            var rest = leftOut.Skip(TransitionLogLimit.MostNamed).ToArray();
            LogMoreLeftOut(_context.Logger, rest.Length, rest.Sum(one => one.Transitions), TransitionLogLimit.Period);
        }
    }

    [LoggerMessage(EventId = EventIds.BreakerTransition, EventName = "Transition", Message = "Breaker {Component}: {Before} -> {Now} ({Why}){Next}")]
    private static partial void LogTransition(
        ILogger logger, LogLevel level, string component, BreakerState before, BreakerState now, string why, string next);

    [LoggerMessage(EventIds.BreakerTransitionsLeftOut, LogLevel.Warning, "Breaker {Component}: {Count} more transitions in the last {Period} were not logged; now it is {State}",
        EventName = "TransitionsLeftOut")]
    private static partial void LogTransitionsLeftOut(ILogger logger, string component, int count, TimeSpan period, BreakerState state);

    [LoggerMessage(EventIds.BreakerMoreLeftOut, LogLevel.Warning, "{Breakers} more breakers made {Count} transitions in the last {Period} that were not logged",
        EventName = "MoreTransitionsLeftOut")]
    private static partial void LogMoreLeftOut(ILogger logger, int breakers, int count, TimeSpan period);

    [LoggerMessage(EventId = EventIds.BreakerMode, Message = "Breaker {Component}: {Before} -> {Now}")]
    private static partial void LogMode(ILogger logger, LogLevel level, string component, BreakerMode before, BreakerMode now);

    [LoggerMessage(EventIds.BreakerReportDropped, LogLevel.Warning,
        "Breaker {Component}: report {Number} was not answered for {Limit} and is dropped: what it counted may be missing in the totals")]
    private static partial void LogReportDropped(ILogger logger, string component, long number, TimeSpan limit);

    [LoggerMessage(EventIds.BreakerBroken, LogLevel.Error, "Breaker {Component}: a defect; it goes on with the next input")]
    private static partial void LogBroken(ILogger logger, string component, Exception exception);

    [LoggerMessage(EventIds.BreakerReportFailed, LogLevel.Debug, "Breaker {Component}: report {Number} was not answered; it is sent again")]
    private static partial void LogReportFailed(ILogger logger, string component, long number, Exception exception);

    [LoggerMessage(EventIds.BreakerPermitFailed, LogLevel.Debug, "Breaker {Component}: permit request {Number} was not answered; it is given up")]
    private static partial void LogPermitFailed(ILogger logger, string component, long number, Exception exception);
}
