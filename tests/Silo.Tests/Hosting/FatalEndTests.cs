using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Silo.Hosting;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Silo.Tests.Hosting;

/// <summary>A silo that Orleans will not let go on ends with an exit code instead of an abort.</summary>
public sealed class FatalEndTests
{
    [Fact]
    public void The_process_ends_once_with_1_and_one_line_that_has_the_reason()
    {
        using var log = new LogLines();
        var codes = new List<int>();
        var end = new FatalEnd(LoggerFactory.Create(logging => logging.AddProvider(log)), codes.Add, CancellationToken.None);

        end.OnFatalException(this, "I have been told I am dead", new IOException("first\nsecond"));
        end.OnFatalException(this, "again", null);

        Assert.Equal([1], codes);
        var line = Assert.Single(log.All);
        Assert.Contains("must be restarted: I have been told I am dead: first second", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_silo_that_was_asked_to_stop_goes_on_to_stop()
    {
        using var log = new LogLines();
        var codes = new List<int>();
        var end = new FatalEnd(LoggerFactory.Create(logging => logging.AddProvider(log)), codes.Add, new CancellationToken(canceled: true));

        end.OnFatalException(this, "I have been told I am dead", null);

        Assert.Empty(codes);
        Assert.Empty(log.All);
    }
}
