using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.HotPath;

namespace TaskerCore.Orleans.TestKit;

/// <summary>A mirror that says what the test tells it to, and remembers what it is told.</summary>
internal sealed class FakeMirror : IBreakerMirror, IOutcomeListener
{
    private long _generations;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeMirror(BreakerState state = BreakerState.Closed, BreakerSettings? settings = null)
    {
        Settings = settings ?? new BreakerSettings();
        View = MakeView(state, null);
    }

    public FakeTimeProvider Clock { get; } = new();

    public TimeProvider Time => Clock;

    public BreakerSettings Settings { get; }

    public MirrorView View { get; private set; }

    /// <summary>The permits to give, in order; when there are no more there is none to give.</summary>
    public Queue<HeldPermit> Permits { get; } = new();

    /// <summary>Called instead of giving a permit at once.</summary>
    public Func<CancellationToken, ValueTask<HeldPermit?>>? OnAcquire { get; set; }

    public List<(HeldPermit Permit, ProbeResult Result, TimeSpan? Duration, bool Slow)> Settled { get; } = [];

    /// <summary>Called when a permit was given back.</summary>
    public Action? OnSettled { get; set; }

    /// <summary>What was counted since the last time that this was asked.</summary>
    public OutcomeTally Counted => View.Counter.Collect()?.Tally ?? OutcomeTally.Empty;

    public void Become(BreakerState state, BreakerRefusal? refusal = null)
    {
        View = MakeView(state, refusal);
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    public HeldPermit AddPermit()
    {
        var permit = new HeldPermit(new ProbePermit(Permits.Count + 1, View.Snapshot.Generation, TimeSpan.FromSeconds(1)), Local: false);
        Permits.Enqueue(permit);
        return permit;
    }

    public ValueTask<HeldPermit?> AcquireProbeAsync(CancellationToken cancellationToken) =>
        OnAcquire is { } acquire ? acquire(cancellationToken) : new(Permits.TryDequeue(out var permit) ? permit : null);

    public void SettleProbe(HeldPermit permit, ProbeResult result, TimeSpan? duration, bool slow)
    {
        Settled.Add((permit, result, duration, slow));
        OnSettled?.Invoke();
    }

    public Task ChangedSince(MirrorView view) => ReferenceEquals(view, View) ? _changed.Task : Task.CompletedTask;

    void IOutcomeListener.OnNews(OutcomeCounter counter, OutcomeNews news)
    {
        // What is counted is collected by the test.
    }

    private MirrorView MakeView(BreakerState state, BreakerRefusal? refusal)
    {
        var generation = new Generation(_generations++, Guid.Empty);
        var snapshot = new BreakerSnapshot
        {
            Component = "pgmq",
            State = state,
            Generation = generation,
            Policy = new BreakerPolicy { Settings = Settings },
            Remaining = state == BreakerState.Open ? TimeSpan.FromSeconds(30) : null,
            FreeProbes = state == BreakerState.HalfOpen ? 1 : 0,
            LastTransition = new BreakerTransition
            {
                From = BreakerState.Closed, To = state, Generation = generation, At = Clock.GetUtcNow(), Cause = TransitionCause.ConsecutiveFailures,
            },
        };
        return new MirrorView(
            snapshot, refusal is null ? BreakerMode.Connected : BreakerMode.Refused, refusal, new OutcomeCounter(generation, local: false, this), Clock);
    }
}
