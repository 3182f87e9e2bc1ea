using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Gateways;

/// <summary>What the inner host may write to the worker's log.</summary>
public sealed class InnerLoggersTests : IDisposable
{
    private readonly LogLines _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void By_default_Orleans_writes_errors_alone_though_the_application_asks_for_information()
    {
        using var services = Services(_ => { });
        var orleans = Loggers(services).CreateLogger("Orleans.Messaging.GatewayManager");

        orleans.Log(LogLevel.Warning, default, "a warning", null, static (text, _) => text);
        orleans.Log(LogLevel.Error, default, "an error", null, static (text, _) => text);

        Assert.StartsWith("Error TaskerCore.Orleans.Client.Inner.Orleans.Messaging.GatewayManager: an error", Assert.Single(_log.All), StringComparison.Ordinal);
        Assert.False(orleans.IsEnabled(LogLevel.Warning));
    }

    [Fact]
    public void What_the_inner_host_says_of_its_own_start_and_stop_is_never_written()
    {
        using var services = Services(_ => { });

        Loggers(services).CreateLogger("Microsoft.Hosting.Lifetime").Log(LogLevel.Information, default, "Application started", null, static (text, _) => text);
        Loggers(services).CreateLogger("Microsoft.Extensions.Hosting.Internal.Host").Log(LogLevel.Error, default, "Hosting failed to start", null, static (text, _) => text);

        Assert.Empty(_log.All);
    }

    [Theory]
    [InlineData("TaskerCore.Orleans.Client.Inner", LogLevel.Information, true, true)]
    [InlineData("taskercore.orleans.client.inner.Orleans", LogLevel.Information, true, true)]
    [InlineData("TaskerCore.Orleans.Client.Inner.Orleans.Messaging*", LogLevel.Information, true, false)]
    [InlineData("TaskerCore.Orleans.Client.Inner", LogLevel.Warning, false, false)]
    [InlineData("TaskerCore", LogLevel.Information, false, false)]
    [InlineData("Orleans", LogLevel.Information, false, false)]
    public void A_filter_rule_for_the_prefix_is_followed_and_no_other_is(string category, LogLevel level, bool messaging, bool runtime)
    {
        using var services = Services(logging => logging.AddFilter(category, level));
        var loggers = Loggers(services);

        Assert.Equal(messaging, loggers.CreateLogger("Orleans.Messaging.GatewayManager").IsEnabled(LogLevel.Information));
        Assert.Equal(runtime, loggers.CreateLogger("Orleans.Runtime.Client").IsEnabled(LogLevel.Information));
    }

    [Fact]
    public void A_rule_that_comes_while_it_runs_is_followed()
    {
        var rules = new ChangingRules();
        var logger = new InnerLoggers(new LoggerFactory([_log]), LogLevel.Error, rules).CreateLogger("Orleans.Runtime");
        Assert.False(logger.IsEnabled(LogLevel.Information));

        rules.CurrentValue = new LoggerFilterOptions { Rules = { new LoggerFilterRule(null, InnerLoggers.Category, LogLevel.Information, null) } };

        Assert.True(logger.IsEnabled(LogLevel.Information));
    }

    [Fact]
    public void The_option_sets_the_level_where_the_application_has_no_rule()
    {
        using var services = Services(_ => { });

        Assert.True(Loggers(services, LogLevel.Information).CreateLogger("Orleans.Runtime").IsEnabled(LogLevel.Information));
        Assert.False(Loggers(services, LogLevel.None).CreateLogger("Orleans.Runtime").IsEnabled(LogLevel.Critical));
    }

    [Fact]
    public void The_workers_loggers_stay_its_own()
    {
        using var services = Services(_ => { });
        var loggers = Loggers(services);

        Assert.Throws<NotSupportedException>(() => loggers.AddProvider(_log));
        loggers.Dispose();

        services.GetRequiredService<ILoggerFactory>().CreateLogger("Application").Log(LogLevel.Information, default, "still there", null, static (text, _) => text);
        Assert.Single(_log.All);
    }

    private ServiceProvider Services(Action<ILoggingBuilder> configure) => new ServiceCollection()
        .AddLogging(logging =>
        {
            logging.SetMinimumLevel(LogLevel.Information).AddProvider(_log);
            configure(logging);
        })
        .BuildServiceProvider();

    private static InnerLoggers Loggers(ServiceProvider services, LogLevel least = LogLevel.Error) =>
        new(services.GetRequiredService<ILoggerFactory>(), least, services.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>());

    private sealed class ChangingRules : IOptionsMonitor<LoggerFilterOptions>
    {
        public LoggerFilterOptions CurrentValue { get; set; } = new();

        public LoggerFilterOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<LoggerFilterOptions, string?> listener) => null;
    }
}
