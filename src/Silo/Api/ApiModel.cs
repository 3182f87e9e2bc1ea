using System.Globalization;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Silo.Api;

internal sealed record BreakerList(IReadOnlyList<BreakerModel> Breakers, SummaryModel Summary);

internal sealed record SummaryModel(int Total, int Closed, int Open, int HalfOpen, int ForcedOpen, int ForcedClosed, double HealthScore)
{
    public static SummaryModel Of(ClusterHealth health) =>
        new(health.Total, health.Closed, health.Open, health.HalfOpen, health.ForcedOpen, health.ForcedClosed, health.HealthScore);
}

internal sealed record CountsModel(long Calls, long Successes, long Failures, long Ignored, long Rejected, long Slow, long Late, long Probes);

internal sealed record SettingsModel(
    bool Enabled,
    long Version,
    int FailureThreshold,
    double TimeoutSeconds,
    int SuccessThreshold,
    int HalfOpenMaxProbes,
    double ProbeLeaseSeconds,
    double? FailureRateThreshold,
    double? SlowCallRateThreshold,
    double WindowSeconds,
    int MinimumCalls,
    double? SlowCallDurationMs,
    bool IsolateLoneWorker)
{
    public static SettingsModel Of(BreakerPolicy policy)
    {
        var settings = policy.Settings;
        return new(
            policy.Enabled,
            policy.Version,
            settings.FailureThreshold,
            settings.OpenDuration.TotalSeconds,
            settings.SuccessThreshold,
            settings.EffectiveMaxProbes,
            settings.EffectiveProbeLease.TotalSeconds,
            settings.FailureRateThreshold,
            settings.SlowCallRateThreshold,
            settings.Window.TotalSeconds,
            settings.MinimumCalls,
            settings.SlowCallDuration?.TotalMilliseconds,
            settings.IsolateLoneWorker);
    }
}

internal sealed record BreakerModel(
    string Name,
    string State,
    string Generation,
    DateTimeOffset? Since,
    double? RemainingSeconds,
    long ConsecutiveFailures,
    CountsModel Counts,
    double FailureRate,
    double? WindowFailureRate,
    double? MeanDurationMs,
    int ProbesOutstanding,
    IReadOnlyDictionary<string, long> Transitions,
    IReadOnlyDictionary<string, double> TimeInStateSeconds,
    int Workers,
    string? IsolatedWorker,
    bool Used,
    bool Stored,
    string? Silo,
    bool Answering,
    SettingsModel Settings,
    TransitionModel? LastTransition)
{
    public static BreakerModel Of(BreakerDetails breaker)
    {
        var totals = breaker.Totals;
        return new(
            breaker.Component,
            SnakeCase.Of(breaker.State),
            breaker.Generation.ToString(),
            breaker.Since,
            breaker.Remaining?.TotalSeconds,
            breaker.ConsecutiveFailures,
            new(totals.Calls, totals.Successes, totals.Failures, totals.Ignored, totals.Rejected, totals.Slow, totals.Late, totals.Probes),
            totals.FailureRate,
            breaker.WindowFailureRate,
            totals.MeanDuration?.TotalMilliseconds,
            breaker.ProbesOutstanding,
            breaker.Transitions.ToDictionary(kind => $"{SnakeCase.Of(kind.From)}_to_{SnakeCase.Of(kind.To)}", kind => kind.Count),
            breaker.TimeInState.Index().ToDictionary(state => SnakeCase.Of((BreakerState)state.Index), state => state.Item.TotalSeconds),
            breaker.Workers,
            breaker.IsolatedWorker,
            breaker.Created,
            breaker.Stored,
            breaker.Silo,
            breaker.IsAnswering,
            SettingsModel.Of(breaker.Policy),
            breaker.LastTransition is { } last ? TransitionModel.Of(last) : null);
    }
}

internal sealed record HistoryModel(IReadOnlyList<TransitionModel> Transitions)
{
    public static HistoryModel Of(IReadOnlyList<BreakerTransition> history) =>
        new([.. history.Zip(HistoryGaps.Find(history), (transition, gap) => TransitionModel.Of(transition) with { GapBefore = GapModel.Of(gap) })]);
}

/// <summary>Transitions that were made before this one and that the history lacks: a silo ended before it could store them.</summary>
/// <param name="Missing">How many; null: not known, only that the states do not follow.</param>
/// <param name="From">The state after the last transition before the gap.</param>
/// <param name="To">The state that the next one left.</param>
internal sealed record GapModel(long? Missing, string From, string To)
{
    public static GapModel? Of(HistoryGap? gap) => gap is null ? null : new(gap.Missing, SnakeCase.Of(gap.From), SnakeCase.Of(gap.To));
}

internal sealed record TransitionModel(
    string From, string To, string Generation, DateTimeOffset At, string Cause, string? Worker, string? Actor, string? Reason, double? TtlSeconds)
{
    /// <summary>Null: it follows from the transition before it, or that was not asked.</summary>
    public GapModel? GapBefore { get; init; }

    public static TransitionModel Of(BreakerTransition transition) => new(
        SnakeCase.Of(transition.From),
        SnakeCase.Of(transition.To),
        transition.Generation.ToString(),
        transition.At,
        SnakeCase.Of(transition.Cause),
        transition.Worker,
        transition.Actor,
        transition.Reason,
        transition.Ttl?.TotalSeconds);
}

/// <summary>The answer to a command.</summary>
/// <param name="Breaker">The breaker after it.</param>
/// <param name="Stored">Whether the store has it; false: it is in effect and goes on being written.</param>
/// <param name="Changed">Whether the command began a new generation; false: there was nothing to change.</param>
/// <param name="Created">Whether it created the breaker.</param>
/// <param name="Actor">Who the history names: the key's name where a key was sent.</param>
internal sealed record CommandModel(BreakerModel Breaker, bool Stored, bool Changed, bool Created, string Actor);

/// <summary>States as the API reads them.</summary>
internal static class ApiNames
{
    public static BreakerState? State(string text)
    {
        foreach (var state in Enum.GetValues<BreakerState>())
        {
            if (string.Equals(SnakeCase.Of(state), text, StringComparison.Ordinal))
            {
                return state;
            }
        }

        return null;
    }

    public static string States => string.Join(", ", Enum.GetValues<BreakerState>().Select(SnakeCase.Of));

    public static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);
}
