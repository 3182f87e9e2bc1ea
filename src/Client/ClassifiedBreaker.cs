namespace TaskerCore.Orleans.Client;

/// <summary>A breaker that another library or a test implements, with a classifier of the caller's.</summary>
internal sealed class ClassifiedBreaker(ICircuitBreaker inner, OutcomeClassifier classifier) : ICircuitBreaker
{
    public string Component => inner.Component;

    public BreakerSnapshot Snapshot => inner.Snapshot;

    public BreakerMode Mode => inner.Mode;

    public OutcomeClassifier Classifier => classifier;

    public ValueTask<CallPermit> AcquireAsync(CancellationToken cancellationToken = default) => inner.AcquireAsync(cancellationToken);

    public ValueTask WaitUntilAdmittingAsync(CancellationToken cancellationToken = default) => inner.WaitUntilAdmittingAsync(cancellationToken);

    public IAsyncEnumerable<BreakerTransition> WatchTransitionsAsync(CancellationToken cancellationToken = default) => inner.WatchTransitionsAsync(cancellationToken);

    public ICircuitBreaker WithClassifier(OutcomeClassifier otherClassifier)
    {
        ArgumentNullException.ThrowIfNull(otherClassifier);
        return new ClassifiedBreaker(inner, otherClassifier);
    }
}
