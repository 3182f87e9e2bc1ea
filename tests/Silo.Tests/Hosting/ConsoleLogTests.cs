using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Silo.Tests.Hosting;

/// <summary>The lines of the shipped silo and of the sample worker, by the settings that they ship with.</summary>
public sealed class ConsoleLogTests
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static TheoryData<string> Shipped => ["src/Silo/appsettings.json", "samples/PgmqWorker/appsettings.json"];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_record_is_one_line_that_begins_with_the_time_in_utc(string settings)
    {
        var line = Written(settings, []);

        Assert.Equal(TimeProvider.System.GetUtcNow().UtcDateTime, TimeOf(line[..24]), TimeSpan.FromMinutes(5));
        Assert.Equal(" warn: TaskerCore.Tests[7] Breaker pgmq: Closed -> Open", line[24..].TrimEnd());
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void One_variable_makes_it_json_with_the_same_time(string settings)
    {
        var json = JsonSerializer.Deserialize<JsonElement>(Written(settings, new() { ["Logging:Console:FormatterName"] = "json" }));

        Assert.Equal(TimeProvider.System.GetUtcNow().UtcDateTime, TimeOf(json.GetProperty("Timestamp").GetString()!.TrimEnd()), TimeSpan.FromMinutes(5));
        Assert.Equal(("Warning", "TaskerCore.Tests", 7), (json.GetProperty("LogLevel").GetString(), json.GetProperty("Category").GetString(), json.GetProperty("EventId").GetInt32()));
        Assert.Equal("Breaker pgmq: Closed -> Open", json.GetProperty("Message").GetString());
    }

    [Theory]
    [InlineData("Polly", null, LogLevel.Critical)]
    [InlineData("Orleans.Storage.AdoNetGrainStorage", null, LogLevel.Critical)]
    [InlineData("Orleans.Runtime.Watchdog", null, LogLevel.Error)]
    [InlineData("Orleans.Messaging", null, LogLevel.Warning)]
    [InlineData("Polly", "Logging:LogLevel:Polly", LogLevel.Debug)]
    [InlineData("Orleans.Messaging", "Logging:LogLevel:Orleans", LogLevel.Debug)]
    public void The_silos_filters_hold_unless_they_are_set_otherwise(string category, string? setting, LogLevel least)
    {
        using var services = Services("src/Silo/appsettings.json", setting is null ? [] : new() { [setting] = "Debug" });
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(category);

        Assert.True(logger.IsEnabled(least));
        Assert.False(logger.IsEnabled(least - 1));
    }

    private static DateTime TimeOf(string text) =>
        DateTime.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static string Written(string settings, Dictionary<string, string?> more)
    {
        using var services = Services(settings, more);

        // Without a name the console takes its older options, and ignores those of the formatter.
        var name = services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName;
        Assert.NotNull(name);
        var formatter = services.GetServices<ConsoleFormatter>().Single(candidate => candidate.Name == name);
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        formatter.Write(
            new LogEntry<string>(LogLevel.Warning, "TaskerCore.Tests", new EventId(7), "Breaker pgmq: Closed -> Open", null, static (state, _) => state), null, writer);
        return writer.ToString();
    }

    private static ServiceProvider Services(string settings, Dictionary<string, string?> more)
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(Repository.Path(settings)).AddInMemoryCollection(more).Build();
        return new ServiceCollection()
            .AddLogging(logging => logging.AddConfiguration(configuration.GetSection("Logging")).AddConsole())
            .BuildServiceProvider();
    }
}
