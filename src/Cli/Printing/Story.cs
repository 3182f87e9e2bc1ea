using System.Globalization;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Printing;

/// <summary>What a person wants to know of a breaker first: its state, since when, what comes next, why, and who decided.</summary>
internal static class Story
{
    private const string Release = "release";
    private const string Merged = "merged";

    /// <summary>One sentence a line: the state; why, where it ever changed; what else matters now, where anything does.</summary>
    public static IReadOnlyList<string> Of(Breaker breaker, DateTimeOffset now) =>
        [.. new[] { State(breaker, now), Why(breaker), Now(breaker) }.OfType<string>().Select(Shown.Line)];

    /// <summary>Why it is in its state and who decided, in few words; null: it never made a transition.</summary>
    public static string? Cause(Transition? last) => last is null ? null
        : last.Cause
            + (last.By is { } by ? $" by {by}" : string.Empty)
            + (last.TtlSeconds is { } ttl ? $" for {Shown.Span(TimeSpan.FromSeconds(ttl))}" : string.Empty)
            + (last.Reason is { } reason ? $": {reason}" : string.Empty);

    private static string State(Breaker breaker, DateTimeOffset now)
    {
        if (!breaker.Used)
        {
            return $"{breaker.Name} was never used and is {breaker.State}.";
        }

        var since = breaker.Since is { } at ? $" since {Shown.Span(now - at)} ({Shown.Time(at, now)})" : " and has never changed its state";
        return $"{breaker.Name} is {breaker.State}{since}{Next(breaker)}.";
    }

    private static string Next(Breaker breaker)
    {
        var wait = breaker.RemainingSeconds is { } seconds ? Shown.Span(TimeSpan.FromSeconds(seconds)) : null;
        return breaker.State switch
        {
            BreakerStates.Open => wait is null ? string.Empty : $", probes in {wait}",
            BreakerStates.HalfOpen => breaker.ProbesOutstanding switch
            {
                0 => ", waits for a call to probe",
                1 => ", 1 probe is under way",
                var probes => $", {Shown.Number(probes)} probes are under way",
            },
            BreakerStates.ForcedOpen or BreakerStates.ForcedClosed => wait is null ? ", until released" : $", released in {wait}",
            _ => string.Empty,
        };
    }

    private static string? Why(Breaker breaker)
    {
        if (breaker.LastTransition is not { } last)
        {
            return null;
        }

        var verb = (last.To, last.Actor) switch
        {
            (_, not null) => "Commanded",
            (BreakerStates.Closed, _) when last.From is BreakerStates.Closed => "Stayed closed",
            (BreakerStates.Open, _) => "Tripped",
            (BreakerStates.Closed, _) => "Closed",
            _ => "Changed",
        };
        var by = last.By is { } who ? $" by {who}" : string.Empty;
        var reason = last.Reason is { } text ? $": {text}" : string.Empty;
        var ttl = last.TtlSeconds is { } seconds ? $", for {Shown.Span(TimeSpan.FromSeconds(seconds))}" : string.Empty;
        return last.Actor is not null
            ? $"{verb}{by} ({last.Cause}{ttl}){reason}"
            : $"{verb}{by}: {last.Cause}{(last.Cause is Merged or Release ? string.Empty : $" (was {last.From})")}.";
    }

    private static string? Now(Breaker breaker)
    {
        string?[] parts =
        [
            breaker.Answering ? null : "its authority does not answer; this is the last known state",
            breaker.ConsecutiveFailures > 0 ? $"{Shown.Count(breaker.ConsecutiveFailures, "failure")} in a row" : null,
            breaker.WindowFailureRate is { } rate ? $"failure rate {Shown.Percent(rate)} in the window" : null,
            breaker.Used ? Shown.Count(breaker.Workers, "worker") : null,
            breaker.IsolatedWorker is { } isolated ? $"{isolated} is isolated: only this worker fails" : null,
            breaker is { Used: true, Stored: false } ? "not stored yet" : null,
        ];
        var shown = string.Join(", ", parts.OfType<string>());
        return shown.Length == 0 ? null : $"Now: {shown}.";
    }
}
