using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace TaskerCore.Orleans.Client;

/// <summary>The outcome of a protected call: the operation's result, or the rejection.</summary>
/// <remarks>The default value is neither: it has no result, and it is not rejected.</remarks>
/// <typeparam name="TResult">The result's type.</typeparam>
[SuppressMessage("Performance", "CA1815", Justification = "A carrier of one answer; nobody compares outcomes.")]
public readonly struct CallOutcome<TResult> : IRejectable
{
    private readonly TResult _result;

    // Also says that there is a result, so that an outcome is no larger for it.
    private readonly IRejectionSource? _source;

    /// <summary>Initializes the outcome of a call that was made.</summary>
    /// <param name="result">What the operation returned.</param>
    public CallOutcome(TResult result)
    {
        _result = result;
        _source = NoRejection.Instance;
    }

    /// <summary>Initializes the outcome of a call that was rejected.</summary>
    /// <param name="rejection">Why.</param>
    public CallOutcome(Rejection rejection)
    {
        _result = default!;
        _source = rejection.Source;
    }

    /// <summary>Gets whether the breaker rejected the call: the operation did not run.</summary>
    public bool IsRejected => _source is not null && !HasResult;

    /// <summary>The result, for JSON: null of a rejected call.</summary>
    [JsonInclude]
    private TResult? Value => HasResult ? _result : default;

    /// <summary>Gets the rejection; meaningful only if <see cref="IsRejected"/> is true.</summary>
    public Rejection Rejection => IsRejected ? new(_source!) : default;

    /// <summary>Gets the operation's result.</summary>
    /// <exception cref="CircuitOpenException">The call was rejected.</exception>
    /// <exception cref="InvalidOperationException">The outcome is the default value.</exception>
    [JsonIgnore]
    public TResult Result => HasResult ? _result : throw NoResult();

    private bool HasResult => ReferenceEquals(_source, NoRejection.Instance);

    /// <summary>Returns the operation's result, or the default value of <typeparamref name="TResult"/> if there is none.</summary>
    public TResult? GetResultOrDefault() => HasResult ? _result : default;

    /// <summary>Returns the operation's result, or <paramref name="defaultValue"/> if there is none.</summary>
    /// <param name="defaultValue">What to return for a rejected call.</param>
    public TResult GetResultOrDefault(TResult defaultValue) => HasResult ? _result : defaultValue;

    private Exception NoResult() => _source is { } source
        ? new Rejection(source).ToException()
        : new InvalidOperationException("The outcome is the default value: no call was made.");
}
