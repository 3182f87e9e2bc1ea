using System.Text.Json;

namespace TaskerCore.Orleans.Cli.Server;

// What tables and lines show of the API's answers; JSON and YAML print the answer itself.

internal sealed record BreakerList(IReadOnlyList<Breaker> Breakers, Summary Summary);

internal sealed record Breaker(
    string Name,
    string State,
    string Generation,
    DateTimeOffset? Since = null,
    double? RemainingSeconds = null,
    long ConsecutiveFailures = 0,
    Counts? Counts = null,
    int Workers = 0,
    bool Used = true,
    bool Stored = true,
    bool Answering = true,
    Transition? LastTransition = null,
    double? WindowFailureRate = null,
    double? FailureRate = null,
    int ProbesOutstanding = 0,
    string? IsolatedWorker = null)
{
    /// <summary>Whether it rejects every call.</summary>
    public bool IsOpen => State is BreakerStates.Open or BreakerStates.ForcedOpen;
}

internal sealed record Counts(long Calls, long Failures, long Rejected);

internal sealed record Summary(int Total, int Closed, int Open, int HalfOpen, int ForcedOpen, int ForcedClosed, double HealthScore);

internal sealed record History(IReadOnlyList<Transition> Transitions);

internal sealed record Transition(
    string From,
    string To,
    string Generation,
    DateTimeOffset At,
    string Cause,
    string? Worker = null,
    string? Actor = null,
    string? Reason = null,
    double? TtlSeconds = null,
    Gap? GapBefore = null)
{
    /// <summary>Who decided: an operator, or the worker whose report it was; null: the breaker's own clock.</summary>
    public string? By => Actor ?? Worker;
}

/// <summary>Transitions that the history lacks before one.</summary>
internal sealed record Gap(string From, string To, long? Missing = null);

internal sealed record CommandOutcome(Breaker Breaker, bool Stored, bool Changed = true, bool Created = false, string? Actor = null);

/// <summary>States as the API writes them.</summary>
internal static class BreakerStates
{
    public const string Closed = "closed";
    public const string Open = "open";
    public const string HalfOpen = "half_open";
    public const string ForcedOpen = "forced_open";
    public const string ForcedClosed = "forced_closed";

    public static string[] All { get; } = [Closed, Open, HalfOpen, ForcedOpen, ForcedClosed];
}

/// <summary>An answer, whole and as what tables show of it.</summary>
internal sealed record Answer<T>(JsonElement Json, T Value);
