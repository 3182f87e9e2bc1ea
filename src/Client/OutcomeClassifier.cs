using System.Collections.Frozen;

namespace TaskerCore.Orleans.Client;

/// <summary>Decides which exceptions and results are failures of the component (S11).</summary>
/// <remarks>
/// <para>Immutable: each method returns a new classifier. Safe to share between threads; the predicates must be too, and must not
/// throw: a predicate's exception reaches the caller, and the call counts as ignored.</para>
/// <para>Cancellation through the caller's own token is ignored before any predicate is asked.</para>
/// <para>So is a rejection from inside the call: a <see cref="CircuitOpenException"/>, a <see cref="BreakerRefusedException"/> or Polly's
/// <c>BrokenCircuitException</c>, however it is wrapped, and a rejected <see cref="CallOutcome{TResult}"/> or response. A rejection is no
/// call, and says nothing of the component around it. <see cref="OnRejection"/> changes that.</para>
/// </remarks>
public sealed class OutcomeClassifier
{
    private readonly Func<Exception, OutcomeKind>? _onException;
    private readonly FrozenDictionary<Type, Delegate>? _onResult;
    private readonly OutcomeKind _onRejection;

    private OutcomeClassifier(Func<Exception, OutcomeKind>? onException, FrozenDictionary<Type, Delegate>? onResult, OutcomeKind onRejection)
    {
        _onException = onException;
        _onResult = onResult;
        _onRejection = onRejection;
    }

    /// <summary>Every exception is a failure, every result is a success, and rejections from inside are ignored.</summary>
    public static OutcomeClassifier Default { get; } = new(null, null, OutcomeKind.Ignored);

    internal bool JudgesResults => _onResult is not null;

    internal bool JudgesExceptions => _onException is not null;

    /// <summary>The same, with this judgement of exceptions. The default is <see cref="OutcomeKind.Failure"/> for all.</summary>
    public OutcomeClassifier OnException(Func<Exception, OutcomeKind> classify)
    {
        ArgumentNullException.ThrowIfNull(classify);
        return new(classify, _onResult, _onRejection);
    }

    /// <summary>The same, with this judgement of results of exactly type <typeparamref name="TResult"/>.</summary>
    public OutcomeClassifier OnResult<TResult>(Func<TResult, OutcomeKind> classify)
    {
        ArgumentNullException.ThrowIfNull(classify);
        var all = new Dictionary<Type, Delegate>(_onResult ?? FrozenDictionary<Type, Delegate>.Empty) { [typeof(TResult)] = classify };
        return new(_onException, all.ToFrozenDictionary(), _onRejection);
    }

    /// <summary>The same, with this judgement of rejections from inside the call: an inner breaker let nothing through. The default is
    /// <see cref="OutcomeKind.Ignored"/>, whatever the other judgements say of the exception or the result.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is not one of the enumeration's values.</exception>
    public OutcomeClassifier OnRejection(OutcomeKind kind) => Enum.IsDefined(kind)
        ? new(_onException, _onResult, kind)
        : throw new ArgumentOutOfRangeException(nameof(kind), kind, "Must be Success, Failure or Ignored.");

    /// <summary>How a rejection from inside counts.</summary>
    internal OutcomeKind OfRejection => _onRejection;

    /// <summary>Judges the exception of a call.</summary>
    /// <param name="exception">What the operation threw.</param>
    /// <param name="cancellationToken">The caller's own token: a cancellation through it is <see cref="OutcomeKind.Ignored"/>.</param>
    public OutcomeKind JudgeException(Exception exception, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception is OperationCanceledException && cancellationToken.IsCancellationRequested ? OutcomeKind.Ignored
            : Rejections.Is(exception) ? _onRejection
            : _onException?.Invoke(exception) ?? OutcomeKind.Failure;
    }

    /// <summary>Judges the result of a call.</summary>
    /// <param name="result">What the operation returned.</param>
    public OutcomeKind JudgeResult<TResult>(TResult result) =>
        Rejections.Is(result) ? _onRejection
        : _onResult is not null && _onResult.TryGetValue(typeof(TResult), out var classify)
            ? ((Func<TResult, OutcomeKind>)classify)(result)
            : OutcomeKind.Success;
}
