using System.Collections.Immutable;

namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>The counts of a breaker over its life (S14), in a form that can be added: for two activations that counted in parallel, the ledgers
/// since the split are added (C9).</summary>
internal sealed record BreakerLedger
{
    public static BreakerLedger Zero { get; } = new();

    public CallCounts Totals { get; init; } = CallCounts.Zero;

    public ImmutableArray<TransitionCount> TransitionCounts { get; init; } = [];

    /// <summary>By <see cref="BreakerState"/>'s number.</summary>
    public ImmutableArray<TimeSpan> TimeInState { get; init; } = [];

    public static BreakerLedger Of(MachineState state) =>
        new() { Totals = state.Totals, TransitionCounts = state.TransitionCounts, TimeInState = state.TimeInState };

    public BreakerLedger Plus(BreakerLedger other) => Combine(other, 1);

    public BreakerLedger Minus(BreakerLedger other) => Combine(other, -1);

    private BreakerLedger Combine(BreakerLedger other, int sign) => new()
    {
        Totals = sign > 0 ? Totals + other.Totals : Totals - other.Totals,
        TransitionCounts =
        [
            .. TransitionCounts.Concat(other.TransitionCounts.Select(kind => kind with { Count = sign * kind.Count }))
                .GroupBy(kind => (kind.From, kind.To), kind => kind.Count)
                .Select(kind => new TransitionCount(kind.Key.From, kind.Key.To, kind.Sum()))
                .Where(kind => kind.Count != 0)
                .OrderBy(kind => kind.From).ThenBy(kind => kind.To),
        ],
        TimeInState =
        [
            .. Enumerable.Range(0, Math.Max(TimeInState.Length, other.TimeInState.Length))
                .Select(state => TimeInState.ElementAtOrDefault(state) + (sign * other.TimeInState.ElementAtOrDefault(state))),
        ],
    };
}
