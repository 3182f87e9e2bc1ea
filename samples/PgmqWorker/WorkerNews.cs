using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.PgmqWorker;

/// <summary>What a worker says on standard output, one JSON object a line, for whoever watches it. Times are
/// <see cref="Stopwatch.GetTimestamp"/>: they compare between the processes of one machine.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(Status), "status")]
[JsonDerivedType(typeof(FailedCall), "failed")]
[JsonDerivedType(typeof(FirstRejection), "first_rejection")]
[JsonDerivedType(typeof(CallsSince), "calls_since")]
[JsonDerivedType(typeof(TriedCall), "tried_call")]
[JsonDerivedType(typeof(SawTransition), "transition")]
public abstract record WorkerNews
{
    /// <summary>How it stands, several times a second. A failed call was perhaps carried out: a message may be there twice for each.
    /// <c>ProbesInSeconds</c> is the time until an open circuit admits a probe, or until a forced state ends; null where neither is to come.</summary>
    public sealed record Status(
        BreakerState State,
        BreakerMode Mode,
        long Sent,
        long Consumed,
        long Failed,
        long Rejected,
        bool ProducingHasEnded,
        long Generation,
        double? ProbesInSeconds) : WorkerNews;

    /// <summary>A call reached pgmq, or tried to, and failed.</summary>
    public sealed record FailedCall(long At, string Error) : WorkerNews;

    /// <summary>The first rejection of a stay in a state.</summary>
    public sealed record FirstRejection(long At, BreakerState State, long Generation) : WorkerNews;

    /// <summary>The answer to <c>calls-since</c>: the calls that began after a time and were not rejected, and for each its begin and end.</summary>
    public sealed record CallsSince(long Since, IReadOnlyList<long> Begins, IReadOnlyList<long> Ends) : WorkerNews;

    /// <summary>The answer to <c>try-call</c>: what became of one call more.</summary>
    public sealed record TriedCall(CallEnd End) : WorkerNews;

    /// <summary>The worker has received a transition: its calls are decided by it. A call may have been decided by it a little earlier than this line
    /// was written. <c>Generation</c> is written as in the HTTP API; <c>Worker</c> is the one whose report decided, where one did.</summary>
    public sealed record SawTransition(
        long At, BreakerState From, BreakerState To, TransitionCause Cause, string Generation, string? Worker, BreakerMode Mode) : WorkerNews;

    /// <summary>The report as a line.</summary>
    public string ToLine() => JsonSerializer.Serialize(this);

    /// <summary>Returns true for the line of a <see cref="Status"/>: ten a second of them hide the others in a log.</summary>
    public static bool IsStatus(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.StartsWith("""{"is":"status",""", StringComparison.Ordinal);
    }

    /// <summary>The report of a line; null when the line is none.</summary>
    public static WorkerNews? FromLine(string line) => line.StartsWith('{') ? JsonSerializer.Deserialize<WorkerNews>(line) : null;
}
