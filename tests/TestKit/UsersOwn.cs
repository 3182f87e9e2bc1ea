using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.TestKit;

/// <summary>Something around a breaker, as a user may write it.</summary>
internal sealed class UsersOwn(ICircuitBreaker inner) : ICircuitBreaker
{
    public string Component => inner.Component;

    public BreakerSnapshot Snapshot => inner.Snapshot;

    public BreakerMode Mode => inner.Mode;

    public OutcomeClassifier Classifier => inner.Classifier;

    public ValueTask<CallPermit> AcquireAsync(CancellationToken cancellationToken = default) => inner.AcquireAsync(cancellationToken);

    public CallOutcome<TResult> TryExecute<TState, TResult>(
        Func<TState, CancellationToken, TResult> operation, TState state, CancellationToken cancellationToken = default) =>
        inner.TryExecute(operation, state, cancellationToken);

    public ValueTask<CallOutcome<TResult>> TryExecuteAsync<TState, TResult>(
        Func<TState, CancellationToken, ValueTask<TResult>> operation, TState state, CancellationToken cancellationToken = default) =>
        inner.TryExecuteAsync(operation, state, cancellationToken);

    public ValueTask WaitUntilAdmittingAsync(CancellationToken cancellationToken = default) => inner.WaitUntilAdmittingAsync(cancellationToken);

    public IAsyncEnumerable<BreakerTransition> WatchTransitionsAsync(CancellationToken cancellationToken = default) => inner.WatchTransitionsAsync(cancellationToken);

    public ICircuitBreaker WithClassifier(OutcomeClassifier classifier) => new UsersOwn(inner.WithClassifier(classifier));
}
