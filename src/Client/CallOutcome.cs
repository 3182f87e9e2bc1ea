using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace TaskerCore.Orleans.Client;

/// <summary>What became of a protected call: its result, or a rejection.</summary>
/// <typeparam name="TResult">The result's type.</typeparam>
[SuppressMessage("Performance", "CA1815", Justification = "A carrier of one answer; nobody compares outcomes.")]
public readonly struct CallOutcome<TResult> : IRejectable
{
    private readonly TResult _result;
    private readonly Rejection _rejection;

    /// <summary>The outcome of a call that was made.</summary>
    public CallOutcome(TResult result)
    {
        _result = result;
        _rejection = default;
    }

    /// <summary>The outcome of a call that was not made.</summary>
    public CallOutcome(Rejection rejection)
    {
        _result = default!;
        _rejection = rejection;
    }

    /// <summary>Whether the breaker rejected the call: the operation did not run.</summary>
    public bool IsRejected => _rejection.IsRejection;

    /// <summary>The result, for JSON: null of a rejected call.</summary>
    [JsonInclude]
    private TResult? Value => IsRejected ? default : _result;

    /// <summary>The rejection; meaningful only when <see cref="IsRejected"/>.</summary>
    public Rejection Rejection => _rejection;

    /// <summary>The operation's result.</summary>
    /// <exception cref="CircuitOpenException">The call was rejected.</exception>
    [JsonIgnore]
    public TResult Result => IsRejected ? throw _rejection.ToException() : _result;

    /// <summary>The operation's result, or <paramref name="rejected"/> when the call was rejected.</summary>
    public TResult ResultOr(TResult rejected) => IsRejected ? rejected : _result;
}
