using System.Collections.Frozen;

namespace TaskerCore.Orleans.Client;

/// <summary>Decides which exceptions and results are failures of the component (S11).</summary>
/// <remarks>
/// <para>Immutable: each method returns a new classifier. Safe to share between threads; the predicates must be too, and must not
/// throw: a predicate's exception reaches the caller, and the call counts as ignored.</para>
/// <para>Cancellation through the caller's own token is ignored before any predicate is asked.</para>
/// </remarks>
public sealed class OutcomeClassifier
{
    private readonly Func<Exception, OutcomeKind>? _onException;
    private readonly FrozenDictionary<Type, Delegate>? _onResult;

    private OutcomeClassifier(Func<Exception, OutcomeKind>? onException, FrozenDictionary<Type, Delegate>? onResult)
    {
        _onException = onException;
        _onResult = onResult;
    }

    /// <summary>Every exception is a failure; every result is a success.</summary>
    public static OutcomeClassifier Default { get; } = new(null, null);

    internal bool JudgesResults => _onResult is not null;

    internal bool JudgesExceptions => _onException is not null;

    /// <summary>The same, with this judgement of exceptions. The default is <see cref="OutcomeKind.Failure"/> for all.</summary>
    public OutcomeClassifier OnException(Func<Exception, OutcomeKind> classify)
    {
        ArgumentNullException.ThrowIfNull(classify);
        return new(classify, _onResult);
    }

    /// <summary>The same, with this judgement of results of exactly type <typeparamref name="TResult"/>.</summary>
    public OutcomeClassifier OnResult<TResult>(Func<TResult, OutcomeKind> classify)
    {
        ArgumentNullException.ThrowIfNull(classify);
        var all = new Dictionary<Type, Delegate>(_onResult ?? FrozenDictionary<Type, Delegate>.Empty) { [typeof(TResult)] = classify };
        return new(_onException, all.ToFrozenDictionary());
    }

    internal OutcomeKind Judge(Exception exception, CancellationToken callersToken) =>
        exception is OperationCanceledException && callersToken.IsCancellationRequested
            ? OutcomeKind.Ignored
            : _onException?.Invoke(exception) ?? OutcomeKind.Failure;

    internal OutcomeKind JudgeResult<TResult>(TResult result) =>
        _onResult is not null && _onResult.TryGetValue(typeof(TResult), out var classify)
            ? ((Func<TResult, OutcomeKind>)classify)(result)
            : OutcomeKind.Success;
}
