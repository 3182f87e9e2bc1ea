using System.Diagnostics.CodeAnalysis;

namespace TaskerCore.Orleans.Client;

/// <summary>The breaker's answer to one call: permission to make it, or the rejection.</summary>
/// <remarks>
/// <para>An acquired permit must be settled exactly once, whatever happens to the call. While the circuit is closed an unsettled permit
/// leaves the call uncounted; in half-open it occupies a probe until the probe's lease expires.</para>
/// <para>A closed breaker of <see cref="ICircuitBreakerManager"/> grants a permit without allocating.</para>
/// </remarks>
[SuppressMessage("Performance", "CA1815", Justification = "A carrier of one answer; nobody compares permits.")]
public readonly struct CallPermit
{
    private static readonly Action<OutcomeKind> Nothing = static _ => { };

    private readonly object? _settler;

    /// <summary>A permit of the worker's own breaker.</summary>
    /// <param name="settler">The breaker.</param>
    /// <param name="source">The view that admitted the call.</param>
    /// <param name="held">The probe permit or the guarded call behind it; null: the circuit is closed.</param>
    /// <param name="startedAt">The timestamp of the call's start; 0: durations are not measured.</param>
    internal CallPermit(ISettlesCalls settler, IRejectionSource source, object? held, long startedAt)
    {
        _settler = settler;
        Source = source;
        Held = held;
        StartedAt = startedAt;
    }

    internal CallPermit(IRejectionSource source) => Source = source;

    private CallPermit(Action<OutcomeKind> settle) => _settler = settle;

    /// <summary>Gets whether the call may be made. False for the default value.</summary>
    public bool IsAcquired => _settler is not null;

    /// <summary>Gets why the call may not be made; meaningful only if <see cref="IsAcquired"/> is false.</summary>
    public Rejection Rejection => !IsAcquired && Source is { } source ? new(source) : default;

    internal object? Settler => _settler;

    internal IRejectionSource? Source { get; }

    internal object? Held { get; }

    internal long StartedAt { get; }

    /// <summary>Creates a permit for a call, for breakers of your own.</summary>
    /// <param name="settle">Receives how the call ended; null: nobody needs to know.</param>
    public static CallPermit Granted(Action<OutcomeKind>? settle = null) => new(settle ?? Nothing);

    /// <summary>Creates the answer to a call that must not be made, for breakers of your own.</summary>
    /// <param name="rejection">Why. <see cref="Client.Rejection.From"/> creates one.</param>
    /// <exception cref="ArgumentException">The rejection is the default value.</exception>
    public static CallPermit Rejected(Rejection rejection) => rejection.Source is { } source
        ? new(source)
        : throw new ArgumentException("The rejection is empty. Create it with Rejection.From.", nameof(rejection));

    /// <summary>Throws if the call may not be made.</summary>
    /// <exception cref="CircuitOpenException">The breaker rejected the call.</exception>
    /// <exception cref="InvalidOperationException">The permit is the default value.</exception>
    public void ThrowIfRejected()
    {
        if (!IsAcquired)
        {
            throw Source is { } source ? new Rejection(source).ToException() : NoBreakers();
        }
    }

    /// <summary>Reports how the call ended.</summary>
    /// <param name="kind">How the end counts; <see cref="OutcomeClassifier.JudgeException"/> and <see cref="OutcomeClassifier.JudgeResult"/>
    /// of <see cref="ICircuitBreaker.Classifier"/> decide it.</param>
    /// <exception cref="InvalidOperationException">The permit was not acquired.</exception>
    public void Settle(OutcomeKind kind)
    {
        switch (_settler)
        {
            case ISettlesCalls breaker:
                breaker.Settle(this, kind);
                break;
            case Action<OutcomeKind> settle:
                settle(kind);
                break;
            default:
                throw Source is null ? NoBreakers() : new InvalidOperationException("The breaker rejected the call: there is nothing to settle.");
        }
    }

    private static InvalidOperationException NoBreakers() => new("The permit is the default value: no breaker issued it.");
}

/// <summary>A breaker that knows its own permits.</summary>
internal interface ISettlesCalls
{
    /// <summary>Counts a call whose operation this project did not run.</summary>
    void Settle(in CallPermit permit, OutcomeKind kind);
}
