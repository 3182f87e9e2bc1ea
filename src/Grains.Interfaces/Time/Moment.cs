namespace TaskerCore.Orleans.Grains.Interfaces.Time;

/// <summary>When an input arrives: the rules read no clock of their own.</summary>
/// <param name="Elapsed">Monotonic time of this host since any fixed origin. All durations are measured with it (C10).</param>
/// <param name="Utc">The wall clock: for the history, and for the end of a TTL.</param>
internal readonly record struct Moment(TimeSpan Elapsed, DateTimeOffset Utc);
