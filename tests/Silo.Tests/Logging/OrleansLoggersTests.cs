using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Silo.Logging;

namespace TaskerCore.Orleans.Silo.Tests.Logging;

/// <summary>What Orleans logs about a lost silo or database is kept short; what the silo itself logs is not touched.</summary>
public sealed class OrleansLoggersTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<(LogLevel Level, string Message, Exception? Exception)> _lines = [];

    [Theory]
    [InlineData("Orleans.Messaging")]
    [InlineData("TaskerCore.Orleans.Grains.Authority.CircuitBreakerGrain")]
    public void An_exception_that_says_that_nobody_answers_becomes_a_reason_without_a_stack(string category)
    {
        var refused = new SocketException((int)SocketError.ConnectionRefused);
        var logger = Logger(category);

        Write(logger, LogLevel.Warning, "Connection attempt failed", exception: new InvalidOperationException("sending failed", refused));

        Assert.Equal((LogLevel.Warning, $"Connection attempt failed (SocketException: {refused.Message})", null), Assert.Single(_lines));
    }

    [Fact]
    public void Another_exception_is_passed_on()
    {
        var bug = new InvalidOperationException("a bug");

        Write(Logger("Orleans.Runtime"), LogLevel.Error, "Failed", exception: bug);

        Assert.Equal((LogLevel.Error, "Failed", bug), Assert.Single(_lines));
    }

    [Theory]
    [InlineData("Orleans.Runtime.MembershipService", true)]
    [InlineData("Polly", true)]
    [InlineData("OrleansX", false)]
    [InlineData("TaskerCore.Orleans.Grains.Authority.CircuitBreakerGrain", false)]
    public void Repeated_events_of_others_are_limited_to_three_a_minute_and_the_rest_is_counted(string category, bool isLimited)
    {
        var logger = Logger(category);
        for (var second = 0; second < 59; second++)
        {
            Write(logger, LogLevel.Warning, "away", 7);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Write(logger, LogLevel.Warning, "something else", 8);
        Assert.Equal((isLimited ? OrleansLoggers.Most : 59) + 1, _lines.Count);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Write(logger, LogLevel.Warning, "away", 7);

        Assert.Equal(isLimited ? "away [56 more of these before were not logged]" : "away", _lines[^1].Message);
    }

    [Fact]
    public void A_category_at_debug_is_passed_on_as_it_is()
    {
        var logger = Logger("Orleans.Messaging", LogLevel.Debug);
        for (var line = 0; line < 10; line++)
        {
            Write(logger, LogLevel.Warning, "away", exception: new TimeoutException("late"));
        }

        Assert.Equal(10, _lines.Count);
        Assert.All(_lines, line => Assert.IsType<TimeoutException>(line.Exception));
    }

    [Fact]
    public void What_is_not_enabled_is_not_counted()
    {
        var logger = Logger("Orleans.Messaging");
        for (var line = 0; line < 10; line++)
        {
            Write(logger, LogLevel.Debug, "away");
        }

        Write(logger, LogLevel.Warning, "away");

        Assert.Equal("away", Assert.Single(_lines).Message);
    }

    private static void Write(ILogger logger, LogLevel level, string text, int id = 0, Exception? exception = null) =>
        logger.Log(level, new EventId(id), text, exception, static (said, _) => said);

    private ILogger Logger(string category, LogLevel least = LogLevel.Information) => new OrleansLoggers(new Recording(this, least), _clock).CreateLogger(category);

    private sealed class Recording(OrleansLoggersTests test, LogLevel least) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
            // Nothing is held.
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                test._lines.Add((logLevel, formatter(state, exception), exception));
            }
        }
    }
}
