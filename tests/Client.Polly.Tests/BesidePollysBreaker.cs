using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.CircuitBreaker;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>What a caller does next.</summary>
internal enum Step
{
    Success = 0,

    Failure = 1,

    /// <summary>A call that its caller cancels while it runs.</summary>
    Cancelled = 2,

    /// <summary>A part of the break passes; two parts are not the whole of it.</summary>
    Wait = 3,

    /// <summary>The break passes.</summary>
    WaitLong = 4,
}

/// <summary>This breaker and Polly's own, in the same time, each behind a pipeline, given the same calls.</summary>
internal sealed class BesidePollysBreaker : IDisposable
{
    public static readonly TimeSpan Break = TimeSpan.FromSeconds(10.5);

    private readonly LocalWorker _worker;
    private readonly ResiliencePipeline _ours;
    private readonly ResiliencePipeline _theirs;
    private readonly CircuitBreakerStateProvider _theirState = new();
    private DateTimeOffset _theirBreakEnds;

    public BesidePollysBreaker(BreakerSettings settings, double failureRatio, int minimumThroughput)
    {
        _worker = new LocalWorker(settings with { SuccessThreshold = 1, OpenDuration = Break });
        _ours = _worker.NewPipeline().AddClusterCircuitBreaker(_worker.Breaker).Build();
        _theirs = _worker.NewPipeline()
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = failureRatio,
                MinimumThroughput = minimumThroughput,
                SamplingDuration = TimeSpan.FromHours(1),
                BreakDuration = Break,
                StateProvider = _theirState,
            })
            .Build();
    }

    public BreakerState Ours => _worker.State;

    /// <summary>Polly's state, in our terms: it becomes half-open with the first call after the break, ours when the break is over.</summary>
    public BreakerState Theirs => _theirState.CircuitState switch
    {
        CircuitState.Open when _theirBreakEnds <= _worker.Clock.GetUtcNow() => BreakerState.HalfOpen,
        CircuitState.Open => BreakerState.Open,
        CircuitState.HalfOpen => BreakerState.HalfOpen,
        _ => BreakerState.Closed,
    };

    private FakeTimeProvider Clock => _worker.Clock;

    /// <summary>Takes a step with both; whether each made the call.</summary>
    public (bool Ours, bool Theirs) Take(Step step)
    {
        switch (step)
        {
            case Step.Wait:
                Clock.Advance(TimeSpan.FromSeconds(4));
                return default;
            case Step.WaitLong:
                Clock.Advance(TimeSpan.FromSeconds(11));
                return default;
            default:
                var before = _theirState.CircuitState;
                var made = (Ours: Makes(_ours, step), Theirs: Makes(_theirs, step));
                if (_theirState.CircuitState == CircuitState.Open && (before != CircuitState.Open || made.Theirs))
                {
                    _theirBreakEnds = Clock.GetUtcNow() + Break;
                }

                return made;
        }
    }

    /// <summary>Begins a call with both that ends as the operation does.</summary>
    public Task Begin(Task operation) => Task.WhenAll(
        _ours.ExecuteAsync(_ => new ValueTask(operation)).AsTask(), _theirs.ExecuteAsync(_ => new ValueTask(operation)).AsTask());

    public void Dispose() => _worker.Dispose();

    private static bool Makes(ResiliencePipeline pipeline, Step step)
    {
        var made = false;
        using var caller = new CancellationTokenSource();
        var exception = Record.Exception(() => pipeline.Execute(
            token =>
            {
                made = true;
                switch (step)
                {
                    case Step.Failure:
                        throw new IOException("down");
                    case Step.Cancelled:
                        caller.Cancel();
                        throw new OperationCanceledException(token);
                    default:
                        return;
                }
            },
            caller.Token));
        Assert.Equal(made && step != Step.Success, exception is IOException or OperationCanceledException);
        Assert.Equal(!made, exception is CircuitOpenException or BrokenCircuitException);
        return made;
    }
}
