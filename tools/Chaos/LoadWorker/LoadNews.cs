using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Chaos.LoadWorker;

/// <summary>What a load worker, one of those in its process, says on standard output, one JSON object a line. Times are <see cref="Stopwatch.GetTimestamp"/>: they
/// compare between the processes of one machine.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(Status), "status")]
[JsonDerivedType(typeof(CallsSince), "calls_since")]
internal abstract record LoadNews(string Worker)
{
    /// <summary>How it stands, many times a second.</summary>
    /// <param name="Worker">The worker.</param>
    /// <param name="At">When.</param>
    /// <param name="State">Its breaker, as its mirror has it.</param>
    /// <param name="Mode">Who decides.</param>
    /// <param name="Generation">The generation, as the HTTP API writes it.</param>
    /// <param name="FailureThreshold">From the settings that it has.</param>
    /// <param name="Counts">What its calls came to.</param>
    /// <param name="Running">Calls that were let through and have not ended.</param>
    /// <param name="Acknowledged">By producer: messages 1 to this were acknowledged.</param>
    /// <param name="Unanswered">Sends that failed: each of their messages may be there twice.</param>
    /// <param name="ProducingHasEnded">It was told to send no more, and no message is under way.</param>
    /// <param name="IsQuiet">It was told to end, and makes no call more.</param>
    public sealed record Status(
        string Worker,
        long At,
        BreakerState State,
        BreakerMode Mode,
        string Generation,
        int FailureThreshold,
        LoadCounts Counts,
        int Running,
        IReadOnlyList<long> Acknowledged,
        long Unanswered,
        bool ProducingHasEnded,
        bool IsQuiet) : LoadNews(Worker);

    /// <summary>The answer to <c>calls-since</c>: what happened after a time, the first of each.</summary>
    /// <param name="Worker">The worker.</param>
    /// <param name="Since">The time.</param>
    /// <param name="Made">When each call began that was not rejected.</param>
    /// <param name="Failures">When each failure was known.</param>
    /// <param name="Rejections">When each rejection was known.</param>
    /// <param name="Transitions">What the breaker did, as this worker saw it.</param>
    public sealed record CallsSince(
        string Worker,
        long Since,
        IReadOnlyList<long> Made,
        IReadOnlyList<long> Failures,
        IReadOnlyList<long> Rejections,
        IReadOnlyList<SeenTransition> Transitions) : LoadNews(Worker);

    public string ToLine() => JsonSerializer.Serialize(this);

    /// <summary>The news of a line; null when it is none.</summary>
    public static LoadNews? FromLine(string line) => line.StartsWith('{') ? JsonSerializer.Deserialize<LoadNews>(line) : null;
}

/// <summary>A transition, and when the worker knew of it.</summary>
internal sealed record SeenTransition(long At, BreakerState To);

/// <summary>What calls came to, in the terms of the cluster's totals (S11, S12).</summary>
internal sealed record LoadCounts(long Succeeded, long Failed, long Ignored, long Rejected)
{
    public static LoadCounts Zero { get; } = new(0, 0, 0, 0);

    /// <summary>Protected calls, the rejected ones included.</summary>
    public long All => Succeeded + Failed + Ignored + Rejected;

    public static LoadCounts operator +(LoadCounts one, LoadCounts other) => new(
        one.Succeeded + other.Succeeded, one.Failed + other.Failed, one.Ignored + other.Ignored, one.Rejected + other.Rejected);

    public static LoadCounts operator -(LoadCounts one, LoadCounts other) => new(
        one.Succeeded - other.Succeeded, one.Failed - other.Failed, one.Ignored - other.Ignored, one.Rejected - other.Rejected);

    public override string ToString() => $"{Succeeded} succeeded, {Failed} failed, {Ignored} ignored, {Rejected} rejected";
}
