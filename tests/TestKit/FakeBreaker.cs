using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.TestKit;

/// <summary>A breaker as a user's test may write one: the shortest that the interface allows. It counts what it is told.</summary>
internal sealed class FakeBreaker(string component = "pgmq") : ICircuitBreaker
{
    public string Component => component;

    public BreakerSnapshot Snapshot => BreakerSnapshot.Initial(component, BreakerPolicy.BuiltIn);

    public BreakerMode Mode => BreakerMode.Connected;

    /// <summary>Whether calls are rejected.</summary>
    public bool IsOpen { get; set; }

    /// <summary>How the admitted calls ended, in order.</summary>
    public List<OutcomeKind> Ended { get; } = [];

    public ValueTask<CallPermit> AcquireAsync(CancellationToken cancellationToken = default) =>
        new(IsOpen ? CallPermit.Rejected(Rejection.From(new CircuitOpenException(component))) : CallPermit.Granted(Ended.Add));

    public ValueTask WaitUntilAdmittingAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public IAsyncEnumerable<BreakerTransition> WatchTransitionsAsync(CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<BreakerTransition>();
}
