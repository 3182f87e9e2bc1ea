namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>One activation's stay in one generation: since when, and what it heard in it that may end it. Kept apart from the machine's own
/// counting, and by simpler means.</summary>
/// <param name="details">What the authority says of itself as the stay begins.</param>
/// <param name="isOwn">Whether this activation began the generation.</param>
/// <param name="since">Since when, by the time that no host knows.</param>
/// <param name="sinceByHost">The same by the clock of its host.</param>
internal sealed class Stay(BreakerDetails details, bool isOwn, TimeSpan since, TimeSpan sinceByHost)
{
    private readonly Dictionary<Guid, int> _byWorker = [];
    private int _byArrival;

    public Generation Generation => details.Generation;

    public BreakerState State => details.State;

    public long CommandNumber => details.CommandNumber;

    public TimeSpan? RemainingAtFirst => details.Remaining;

    public bool IsOwn => isOwn;

    /// <summary>The worker that is isolated in this generation.</summary>
    public string? Isolated => details.IsolatedWorker;

    public TimeSpan Since => since;

    public TimeSpan SinceByHost => sinceByHost;

    /// <summary>When the isolated worker was last heard.</summary>
    public TimeSpan HeardIsolatedAt { get; set; }

    /// <summary>Of a forced state: the TTL that was given with it.</summary>
    public TimeSpan? Ttl { get; set; }

    /// <summary>The probes of this stay.</summary>
    public ProbeRecord Probes { get; } = new();

    /// <summary>Reports with outcomes of this generation, the newest last.</summary>
    public List<RateRecord> Arrived { get; } = [];

    /// <summary>The longest run of failures that any outcome of the newest report was part of.</summary>
    public int Reached { get; private set; }

    public TimeSpan ReachedAt { get; private set; }

    /// <summary>A trip was due and had to wait for the minimum interval.</summary>
    public bool TripWaits { get; set; }

    /// <summary>The longest run of failures that has not ended, in the order of arrival or in one worker's own.</summary>
    public int GoingOn => Math.Max(_byArrival, _byWorker.Count == 0 ? 0 : _byWorker.Values.Max());

    /// <summary>Takes the outcomes of one worker's report, as they stand in it.</summary>
    public void Feed(Guid session, string worker, OutcomeTally tally, TimeSpan now, TimeSpan byHost)
    {
        var own = _byWorker.GetValueOrDefault(session);
        Reached = Math.Max(Extend(ref _byArrival, tally), Extend(ref own, tally));
        ReachedAt = now;
        _byWorker[session] = own;
        Arrived.Add(new RateRecord(byHost, tally.Successes, tally.Failures, tally.Counts.Slow, worker));
    }

    /// <summary>The workers that brought evidence: what failed in the run of all that is going on, and within the window. Null in the twinkling in
    /// which something is as old as the window.</summary>
    public IReadOnlyCollection<string>? Evidence(BreakerSettings settings, TimeSpan byHost)
    {
        var workers = new HashSet<string>(StringComparer.Ordinal);
        var runGoesOn = true;
        for (var index = Arrived.Count - 1; index >= 0; index--)
        {
            var report = Arrived[index];
            var age = byHost - report.At;
            if (age == settings.Window)
            {
                return null;
            }

            if ((report.Failures > 0 || (report.Slow > 0 && settings.SlowCallRateThreshold is not null)) && (runGoesOn || age < settings.Window))
            {
                workers.Add(report.Worker);
            }

            runGoesOn &= report.Successes == 0;
        }

        return workers;
    }

    private static int Extend(ref int run, OutcomeTally tally)
    {
        var joined = tally.FirstRun > 0 ? run + (int)tally.FirstRun : 0;
        run = tally.Successes > 0 ? (int)tally.LastRun : run + (int)tally.Failures;
        return Math.Max(joined, (int)tally.LongestRun);
    }
}

/// <summary>Outcomes that arrived together.</summary>
internal readonly record struct RateRecord(TimeSpan At, long Successes, long Failures, long Slow, string Worker);
