using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Client.Session;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Tests.Session;

public sealed class MirrorRegistryTests : IBreakerLink, IDisposable
{
    private readonly FakeLogger _logger = new();
    private readonly WorkerClock _clock = new(TimeProvider.System);
    private readonly MirrorRegistry _mirrors;

    public MirrorRegistryTests() => _mirrors = new MirrorRegistry(_logger);

    Task<ReportAnswer> IBreakerLink.ReportAsync(string component, WorkerReport report) => Task.FromResult(new ReportAnswer { Number = report.Number });

    Task<PermitAnswer> IBreakerLink.RequestPermitAsync(string component, PermitRequest request) => throw new NotSupportedException();

    public void Dispose() => _mirrors.Dispose();

    [Fact]
    public void A_component_has_one_mirror_that_is_made_once()
    {
        Assert.Null(_mirrors.Find("pgmq"));
        var made = _mirrors.GetOrAdd("pgmq", component => Make(component), out var added);
        Assert.True(added);

        Assert.Same(made, _mirrors.GetOrAdd("pgmq", _ => throw new InvalidOperationException("it was made already"), out added));
        Assert.False(added);
        Assert.Same(made, _mirrors.Find("pgmq"));
        Assert.Same(made, Assert.Single(_mirrors.All));
    }

    [Fact]
    public void An_update_goes_to_the_mirror_of_its_component_and_one_of_an_unknown_component_is_ignored()
    {
        var (one, two) = (Add("one"), Add("two"));

        _mirrors.Apply([Open("two"), Open("three")]);
        _mirrors.Apply(default);

        Assert.Equal((BreakerState.Closed, BreakerState.Open), (one.View.Snapshot.State, two.View.Snapshot.State));
        Assert.Equal(0, _logger.Collector.Count);
    }

    [Fact]
    public void A_mirror_that_throws_is_logged_and_the_others_are_served()
    {
        Add("one", new Throwing());
        var two = Add("two");

        _mirrors.Apply([Open("one"), Open("two")]);

        Assert.Equal(BreakerState.Open, two.View.Snapshot.State);
        Assert.StartsWith("Breaker one:", _logger.LatestRecord.Message, StringComparison.Ordinal);
        Assert.Equal((1, LogLevel.Error), (_logger.Collector.Count, _logger.LatestRecord.Level));
    }

    [Fact]
    public void A_registration_brings_what_the_mirror_has()
    {
        Add("one");
        _mirrors.Apply([Open("one")]);

        var claim = _mirrors.Claim("one");

        Assert.Equal(("one", 1L), (claim.Component, claim.Claim.Generation.Number));
    }

    private static BreakerUpdate Open(string component) => new()
    {
        Component = component,
        Snapshot = BreakerSnapshot.Initial(component, new BreakerPolicy()) with
        {
            State = BreakerState.Open, Generation = new Generation(1, Guid.NewGuid()), Remaining = TimeSpan.FromMinutes(1),
        },
    };

    private BreakerMirror Add(string component, ILogger? logger = null) => _mirrors.GetOrAdd(component, name => Make(name, logger), out _);

    private BreakerMirror Make(string component, ILogger? logger = null)
    {
        var run = new WorkerRun(Guid.NewGuid(), "w", MirrorTimings.Default, Guid.NewGuid);
        var core = new MirrorCore(component, new BreakerPolicy(), run, _clock.Now);
        return new BreakerMirror(component, core, OutcomeClassifier.Default, new MirrorContext(this, _clock, logger ?? NullLogger.Instance, Metrics: null));
    }

    /// <summary>The log of a mirror that fails with every line.</summary>
    private sealed class Throwing : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("no log");
    }
}
