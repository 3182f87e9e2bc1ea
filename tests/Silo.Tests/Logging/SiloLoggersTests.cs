using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Silo.Logging;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Silo.Tests.Logging;

/// <summary>The loggers of a silo that is given up while it starts.</summary>
public sealed class SiloLoggersTests
{
    [Fact]
    public void Once_silenced_they_write_nothing_more_and_the_processs_own_go_on()
    {
        using var log = new LogLines();
        using var process = new LoggerFactory([log]);
        using var silo = new SiloLoggers(process);
        var logger = silo.CreateLogger("Orleans.Runtime");
        Write(logger, "starting");

        silo.Silence();
        Write(logger, "half-started");
        Write(process.CreateLogger("Silo"), "stopped");

        Assert.False(logger.IsEnabled(LogLevel.Critical));
        Assert.Equal(["Information Orleans.Runtime: starting ", "Information Silo: stopped "], log.All);
    }

    [Fact]
    public void To_dispose_of_them_leaves_the_processs_loggers_alone()
    {
        using var log = new LogLines();
        using var process = new LoggerFactory([log]);

        new SiloLoggers(process).Dispose();

        Write(process.CreateLogger("Silo"), "still here");
        Assert.Single(log.With("still here"));
    }

    private static void Write(ILogger logger, string line) => logger.Log(LogLevel.Information, default, line, null, (state, _) => state);
}
