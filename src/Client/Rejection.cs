using System.Diagnostics.CodeAnalysis;

namespace TaskerCore.Orleans.Client;

/// <summary>Why a call was not made: the breaker's state when it was rejected.</summary>
/// <remarks>Costs nothing to make: <see cref="RetryAfter"/> reads the clock only when asked.</remarks>
[SuppressMessage("Performance", "CA1815", Justification = "A carrier of one answer; nobody compares rejections.")]
public readonly struct Rejection
{
    private readonly IRejectionSource? _source;

    internal Rejection(IRejectionSource source) => _source = source;

    /// <summary>Creates the rejection that an exception describes, for tests and for breakers of your own.</summary>
    public static Rejection From(CircuitOpenException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return new Rejection(exception);
    }

    internal bool IsRejection => _source is not null;

    internal IRejectionSource? Source => _source;

    /// <summary>The component whose breaker rejected.</summary>
    public string Component => _source?.Component ?? string.Empty;

    /// <summary>The breaker's state: open, forced open, or half-open without a free probe.</summary>
    public BreakerState State => _source?.State ?? default;

    /// <summary>Which decision rejected the call.</summary>
    public RejectionKind Kind => _source?.Kind ?? default;

    /// <summary>The breaker's generation.</summary>
    public Generation Generation => _source?.Generation ?? default;

    /// <summary>How long to wait before the next try: the time left in Open, or of a forced state's TTL; the probe lease's length at
    /// most in half-open; null when nobody knows (forced open until released).</summary>
    public TimeSpan? RetryAfter => _source?.RetryAfter;

    /// <summary>Gets why the breaker entered the state; null if unknown.</summary>
    public TransitionCause? Cause => _source?.Cause;

    /// <summary>Gets the operator whose command put the breaker into the state; null if no operator did.</summary>
    public string? Actor => _source?.Actor;

    /// <summary>Gets the reason that the operator gave; null if no operator put the breaker into the state.</summary>
    public string? Reason => _source?.Reason;

    /// <summary>Creates the exception that describes this rejection.</summary>
    public CircuitOpenException ToException() => new(Component, State, RetryAfter)
    {
        Kind = Kind,
        Generation = Generation,
        Cause = Cause,
        Actor = Actor,
        Reason = Reason,
    };
}

/// <summary>What a rejection reads from.</summary>
internal interface IRejectionSource
{
    RejectionKind Kind { get; }

    string Component { get; }

    BreakerState State { get; }

    Generation Generation { get; }

    TimeSpan? RetryAfter { get; }

    TransitionCause? Cause { get; }

    string? Actor { get; }

    string? Reason { get; }
}
