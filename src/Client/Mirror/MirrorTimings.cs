using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>How often a worker speaks.</summary>
/// <param name="Renewal">The period of renewals, and how long an answer may be missing before the worker decides alone (C8).</param>
/// <param name="Flush">How long outcomes that decide nothing may wait (C2).</param>
internal readonly record struct MirrorTimings(TimeSpan Renewal, TimeSpan Flush)
{
    private static readonly TimeSpan LongestRateFlush = TimeSpan.FromSeconds(1);

    public static MirrorTimings Default { get; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5));

    /// <summary>How long successes may wait under these settings: with a rate rule a quarter of its window, at most 1 s (C2).</summary>
    public TimeSpan FlushFor(BreakerSettings settings)
    {
        if (!settings.HasRateRule)
        {
            return Flush;
        }

        return Durations.Min(settings.Window / 4, LongestRateFlush);
    }
}
