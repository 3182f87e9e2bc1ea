namespace TaskerCore.Orleans.Grains.Interfaces.Time;

/// <summary>The pauses between failed tries: the first one, then doubled up to the longest, until a try succeeds.</summary>
/// <remarks>Not safe for use from several threads.</remarks>
/// <param name="first">The pause after the first failure.</param>
/// <param name="longest">No pause is longer.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private TimeSpan _last;

    /// <summary>A try failed: the pause before the next one.</summary>
    public TimeSpan Next() => _last = Durations.Min(Durations.Max(_last * 2, first), longest);

    /// <summary>A try succeeded: the next failure is a first one.</summary>
    public void Reset() => _last = TimeSpan.Zero;
}
