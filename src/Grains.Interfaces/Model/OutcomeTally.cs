using Orleans;

namespace TaskerCore.Orleans;

/// <summary>A summary of a sequence of outcomes that keeps what the trip rules need: counts, and runs of failures (C3).</summary>
/// <remarks>
/// <para>Under <see cref="Append"/> tallies are a monoid with <see cref="Empty"/>: the tally of a sequence is the same however the
/// sequence is cut into batches. A run is a stretch of failures without a success in between; ignored outcomes and rejections
/// do not break it. Of a sequence the tally keeps its first run (that a run from before may continue into), its last run (that may
/// go on), and its longest.</para>
/// <para>Immutable and safe to share between threads.</para>
/// </remarks>
[GenerateSerializer, Immutable, Alias("tc.tally")]
internal sealed record OutcomeTally
{
    /// <summary>No outcome.</summary>
    public static OutcomeTally Empty { get; } = new();

    /// <summary>One success.</summary>
    public static OutcomeTally Success { get; } = new() { Counts = new() { Successes = 1 } };

    /// <summary>One failure.</summary>
    public static OutcomeTally Failure { get; } = OfFailures(1);

    /// <summary>One ignored outcome (S11).</summary>
    public static OutcomeTally IgnoredCall { get; } = new() { Counts = new() { Ignored = 1 } };

    /// <summary>One rejection (S12).</summary>
    public static OutcomeTally Rejection { get; } = new() { Counts = new() { Rejected = 1 } };

    /// <summary>How many calls ended how. Late calls and probes are not told apart here.</summary>
    [Id(0)] public CallCounts Counts { get; init; }

    /// <summary>Failures before the first success; all failures when there is no success.</summary>
    [Id(1)] public long FirstRun { get; init; }

    /// <summary>Failures after the last success; all failures when there is no success.</summary>
    [Id(2)] public long LastRun { get; init; }

    /// <summary>The longest run of failures.</summary>
    [Id(3)] public long LongestRun { get; init; }

    /// <summary>Calls that succeeded.</summary>
    public long Successes => Counts.Successes;

    /// <summary>Calls that failed.</summary>
    public long Failures => Counts.Failures;

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => (Successes | Failures | Counts.Ignored | Counts.Rejected) == 0;

    /// <summary>So many failures in a row.</summary>
    public static OutcomeTally OfFailures(long count) => new() { Counts = new() { Failures = count }, FirstRun = count, LastRun = count, LongestRun = count };

    /// <summary>The tally of this sequence followed by <paramref name="next"/>.</summary>
    public OutcomeTally Append(OutcomeTally next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new OutcomeTally
        {
            Counts = Counts + next.Counts,
            FirstRun = Successes == 0 ? FirstRun + next.FirstRun : FirstRun,
            LastRun = next.Successes == 0 ? LastRun + next.LastRun : next.LastRun,
            LongestRun = Math.Max(Math.Max(LongestRun, next.LongestRun), LastRun + next.FirstRun),
        };
    }

    /// <summary>The longest run that a failure of this sequence is part of, after a run of <paramref name="before"/> failures. A
    /// sequence that begins with a success has nothing to do with the run before it.</summary>
    internal long LongestAfter(long before) => FirstRun == 0 ? LongestRun : Math.Max(before + FirstRun, LongestRun);

    /// <summary>The run that is still going on after a run of <paramref name="before"/> failures and this sequence.</summary>
    internal long RunAfter(long before) => Successes == 0 ? before + LastRun : LastRun;
}
