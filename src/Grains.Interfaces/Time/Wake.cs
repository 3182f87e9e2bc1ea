namespace TaskerCore.Orleans.Grains.Interfaces.Time;

/// <summary>Converts the time at which a core must wake to a timer's delay.</summary>
internal static class Wake
{
    /// <summary>Timers take at most some weeks, a TTL may be a year: whoever is woken too early only asks for the next wake.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The time to wait, in whole milliseconds: timers cut off the rest, and would wake too early.</summary>
    public static TimeSpan In(TimeSpan? at, Moment now)
    {
        if (at is not { } due)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var wait = Durations.Min(Durations.NotNegative(due - now.Elapsed), Longest);
        return TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
    }
}
