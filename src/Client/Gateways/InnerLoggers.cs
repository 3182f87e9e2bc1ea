using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>The loggers of the inner host. What it writes has the prefix <see cref="Category"/>, and is dropped below a level unless the application
/// has a filter rule for that prefix: Orleans repeats each failed connection attempt with its stack trace, and the worker's own lines say it once.</summary>
/// <param name="outer">The worker's loggers, which stay its own.</param>
/// <param name="least">The lowest level that is written without a rule of the application.</param>
/// <param name="rules">The application's filter rules; null: it has none.</param>
internal sealed class InnerLoggers(ILoggerFactory outer, LogLevel least, IOptionsMonitor<LoggerFilterOptions>? rules) : ILoggerFactory
{
    public const string Category = "TaskerCore.Orleans.Client.Inner";

    public ILogger CreateLogger(string categoryName)
    {
        var name = $"{Category}.{categoryName}";

        // What a host says of its own start and stop, GatewayConnection says in the worker's terms.
        var own = categoryName.StartsWith("Microsoft.", StringComparison.Ordinal) ? LogLevel.None : least;
        return new InnerLogger(outer.CreateLogger(name), name, own, rules);
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The loggers are the worker's: providers are added to its own host.");

    public void Dispose()
    {
        // The outer factory is the worker's.
    }

    private sealed class InnerLogger(ILogger inner, string name, LogLevel least, IOptionsMonitor<LoggerFilterOptions>? rules) : ILogger
    {
        private Answer? _answer;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => (logLevel >= least || IsAskedFor()) && inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }

        /// <summary>Whether the application has a rule for this category or for a part of it that begins with ours. Orleans asks at each message,
        /// and the answer holds until the rules change.</summary>
        private bool IsAskedFor()
        {
            if (rules?.CurrentValue is not { } current)
            {
                return false;
            }

            if (_answer is not { } answer || answer.Of != current)
            {
                _answer = answer = new Answer(current, current.Rules.Any(rule => rule.CategoryName is { } prefix
                    && prefix.StartsWith(Category, StringComparison.OrdinalIgnoreCase)
                    && name.StartsWith(prefix.TrimEnd('*'), StringComparison.OrdinalIgnoreCase)));
            }

            return answer.Value;
        }

        private sealed record Answer(LoggerFilterOptions Of, bool Value);
    }
}
