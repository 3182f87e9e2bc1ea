using System.Net.Sockets;
using Npgsql;
using Orleans.Runtime;

namespace TaskerCore.Orleans.Silo.Logging;

/// <summary>The loggers of the Orleans host: what Orleans and its libraries write about a lost silo or database is kept short, so that the silo's own
/// lines can be found. Of one event of a category of theirs the first lines of a minute are written. In every category, the breakers' too, an exception that
/// only says that nobody answers becomes a reason without its stack trace. A category whose level is <c>Debug</c> or lower is passed on as it is.</summary>
internal sealed class OrleansLoggers(ILoggerFactory outer, TimeProvider time) : ILoggerFactory
{
    /// <summary>Lines of one event in a period.</summary>
    public const int Most = 3;

    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private static readonly string[] Limited = ["Orleans", "Polly", "Microsoft"];

    public ILogger CreateLogger(string categoryName)
    {
        var limits = Limited.Any(prefix => categoryName == prefix || categoryName.StartsWith(prefix + '.', StringComparison.Ordinal));
        return new Limiting(outer.CreateLogger(categoryName), limits ? Most : int.MaxValue, time);
    }

    public void AddProvider(ILoggerProvider provider) => outer.AddProvider(provider);

    public void Dispose()
    {
        // The outer factory belongs to the process's host.
    }

    /// <summary>Whether the exception says no more than that a silo or the database cannot be reached, or does not answer in time.</summary>
    internal static bool IsNoAnswer(Exception exception) =>
        exception is SocketException or IOException or TimeoutException or OperationCanceledException or NpgsqlException or OrleansException
        || (exception is AggregateException all ? all.InnerExceptions.Any(IsNoAnswer) : exception.InnerException is { } inner && IsNoAnswer(inner));

    private static string ReasonOf(Exception exception)
    {
        var innermost = exception.GetBaseException();
        return $"{innermost.GetType().Name}: {innermost.Message.ReplaceLineEndings(" ")}";
    }

    private sealed class Limiting(ILogger logger, int most, TimeProvider time) : ILogger
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<int, Counted> _counted = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!logger.IsEnabled(logLevel))
            {
                return;
            }

            if (logger.IsEnabled(LogLevel.Debug))
            {
                logger.Log(logLevel, eventId, state, exception, formatter);
                return;
            }

            if (!Admits(eventId.Id, out var leftOut))
            {
                return;
            }

            var reason = exception is not null && IsNoAnswer(exception) ? $" ({ReasonOf(exception)})" : "";
            var before = leftOut == 0 ? "" : $" [{leftOut} more of these before were not logged]";
            logger.Log(
                logLevel, eventId, state, reason.Length > 0 ? null : exception, (said, _) => formatter(said, exception).TrimEnd() + reason + before);
        }

        private bool Admits(int id, out int leftOut)
        {
            lock (_lock)
            {
                var now = time.GetTimestamp();
                var counted = _counted.GetValueOrDefault(id);
                if (counted.Lines == 0 || time.GetElapsedTime(counted.Since, now) >= Period)
                {
                    leftOut = counted.LeftOut;
                    _counted[id] = new(now, Lines: 1, LeftOut: 0);
                    return true;
                }

                leftOut = 0;
                if (counted.Lines < most)
                {
                    _counted[id] = counted with { Lines = counted.Lines + 1 };
                    return true;
                }

                _counted[id] = counted with { LeftOut = counted.LeftOut + 1 };
                return false;
            }
        }

        private readonly record struct Counted(long Since, int Lines, int LeftOut);
    }
}
