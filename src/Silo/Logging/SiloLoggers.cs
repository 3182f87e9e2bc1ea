
namespace TaskerCore.Orleans.Silo.Logging;

/// <summary>The loggers of one Orleans silo, which fall silent when it is given up while it starts: what its parts report then, half-started, says nothing
/// about the stop that was asked for.</summary>
internal sealed class SiloLoggers(ILoggerFactory inner) : ILoggerFactory
{
    private volatile bool _isSilent;

    /// <summary>Drops what is logged from now on.</summary>
    public void Silence() => _isSilent = true;

    public ILogger CreateLogger(string categoryName) => new Logger(this, inner.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose()
    {
        // The process's own, which go on.
    }

    private sealed class Logger(SiloLoggers owner, ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => !owner._isSilent && inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!owner._isSilent)
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
