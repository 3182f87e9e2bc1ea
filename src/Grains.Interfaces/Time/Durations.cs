namespace TaskerCore.Orleans.Grains.Interfaces.Time;

/// <summary>Operations that <see cref="TimeSpan"/> lacks.</summary>
internal static class Durations
{
    public static TimeSpan Min(TimeSpan a, TimeSpan b) => TimeSpan.FromTicks(Math.Min(a.Ticks, b.Ticks));

    public static TimeSpan Max(TimeSpan a, TimeSpan b) => TimeSpan.FromTicks(Math.Max(a.Ticks, b.Ticks));

    public static TimeSpan NotNegative(TimeSpan span) => Max(span, TimeSpan.Zero);

    /// <summary>The earlier of two times, either of which may never come.</summary>
    public static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is not { } one ? b : b is not { } other ? a : Min(one, other);

    /// <summary>The pause before the next try: double the last, from <paramref name="first"/> to <paramref name="longest"/>.</summary>
    /// <param name="last">The pause before; zero when there was none yet.</param>
    /// <param name="first">The first pause.</param>
    /// <param name="longest">The longest pause.</param>
    public static TimeSpan NextPause(TimeSpan last, TimeSpan first, TimeSpan longest) => Min(Max(last * 2, first), longest);
}
