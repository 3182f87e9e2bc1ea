using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Client.Metrics;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>The shell of one mirror: feeds <see cref="MirrorCore"/> under a lock, sends what it says, publishes what holds. It holds
/// no rule. Safe for any number of threads.</summary>
/// <remarks>The lock is the mirror itself, which nobody else locks; and what a breaker at rest does not need is not kept: a worker may
/// have thousands.</remarks>
internal sealed partial class BreakerMirror : IBreakerMirror, IMeasuredBreaker, IOutcomeListener, IThreadPoolWorkItem, IDisposable
{
    private readonly string _component;
    private readonly MirrorCore _core;
    private readonly MirrorContext _context;
    private volatile MirrorView _view;

    private ITimer? _timer;
    private TaskCompletionSource? _changed;
    private BreakerMode _loggedMode;
    private TimeSpan _nextFlush;
    private int _pumpIsQueued;
    private volatile bool _isSending;
    private bool _disposed;

    /// <param name="component">The component.</param>
    /// <param name="core">The rules.</param>
    /// <param name="classifier">How the outcomes of calls are judged that <see cref="Handle"/> runs.</param>
    /// <param name="context">What is around it.</param>
    public BreakerMirror(string component, MirrorCore core, OutcomeClassifier classifier, MirrorContext context)
    {
        _component = component;
        Handle = new CircuitBreaker(this, classifier);
        _core = core;
        _context = context;
        var now = Now;
        _view = MakeView(NewCounter(), now);
        _nextFlush = now.Elapsed + core.FlushInterval;
        _loggedMode = core.Mode;
    }

    /// <summary>What the application runs its calls through.</summary>
    public CircuitBreaker Handle { get; }

    public TimeProvider Time => _context.Clock.Time;

    public string Component => _component;

    public MirrorView View => _view;

    /// <summary>Whether nothing is left to report.</summary>
    public bool IsFlushed
    {
        get
        {
            lock (this)
            {
                return _core.IsFlushed;
            }
        }
    }

    private Moment Now => _context.Clock.Now;

    void IOutcomeListener.OnNews(OutcomeCounter counter, OutcomeNews news)
    {
        if (news == OutcomeNews.Late)
        {
            lock (this)
            {
                (_retired ??= []).Add(counter);
            }
        }
        else if (counter.Local || news == OutcomeNews.RunIsEnough)
        {
            // The rules run here, or hold this worker: the caller's next call must see what this outcome decides.
            Pump();
            return;
        }

        Interlocked.MemoryBarrier();
        if (!_isSending && Interlocked.Exchange(ref _pumpIsQueued, 1) == 0)
        {
            // Otherwise the answer to the report on its way takes it along (C2).
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _pumpIsQueued, 0);
        Pump();
    }

    public BreakerClaim Claim()
    {
        lock (this)
        {
            return _core.Claim(Now, offer: true);
        }
    }

    public void Hear(BreakerUpdate update) => Feed(now => _core.Hear(update, now));

    public void RenewalIsOverdue(bool overdue) => Feed(now => _core.RenewalIsOverdue(overdue, now));

    /// <summary>Collects outcomes that decide nothing, when it is time for them (C2).</summary>
    public void FlushIfDue(Moment now)
    {
        LogLeftOut(now);
        lock (this)
        {
            if (now.Elapsed < _nextFlush)
            {
                return;
            }

            _nextFlush = now.Elapsed + _core.FlushInterval;
        }

        Flush();
    }

    /// <summary>Everything that was counted is to be reported now.</summary>
    public void Flush() => Feed(now =>
    {
        CollectAll(now);
        _core.Flush(now);
    });

    public Task ChangedSince(MirrorView view)
    {
        lock (this)
        {
            return ReferenceEquals(_view, view) ? (_changed ??= NewSignal()).Task : Task.CompletedTask;
        }
    }

    public void Dispose()
    {
        lock (this)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Collects, and has the rules run. A defect here must neither end the worker's process nor reach a caller whose call it is
    /// not about.</summary>
    private void Pump()
    {
        try
        {
            Feed(now =>
            {
                CollectAll(now);
                _core.Advance(now);
            });
        }
        catch (Exception exception)
        {
            LogBroken(_context.Logger, _component, exception);
        }
    }

    /// <summary>Gives the core an input, and does what it says after it. The only way in, but for reads.</summary>
    private void Feed(Action<Moment> input)
    {
        WorkerReport? report;
        BreakerMode before, mode;
        Generation known;
        BreakerSnapshot heard;
        MirrorView shown, shows;
        Moment now;
        lock (this)
        {
            now = Now;
            shown = _view;
            known = _core.Cluster.Generation;
            input(now);
            report = CarryOut(now);
            heard = _core.Cluster;
            shows = _view;
            (before, mode) = (_loggedMode, _core.Mode);
            _loggedMode = mode;
        }

        // After the lock: the way to the cluster and a logger are not to run under it.
        if (report is not null)
        {
            SendAsync(report).Ignore();
        }

        if (before != mode)
        {
            LogMode(_context.Logger, mode == BreakerMode.Connected ? LogLevel.Information : LogLevel.Warning, _component, before, mode);
        }

        if (!ReferenceEquals(shown, shows) && TransitionNews.Between(shown, shows) is { } news)
        {
            Log(news, now.Elapsed);
        }

        // What was decided before this worker had heard of the breaker did not have to reach it.
        if (heard.Generation != known && before is BreakerMode.Connected or BreakerMode.Local && heard.LastTransition is { } transition)
        {
            _context.Metrics?.Heard(_component, transition, Time);
        }
    }

    /// <summary>Publishes what changed, arms the timer; the report to send now, if one is due. Under the lock.</summary>
    private WorkerReport? CarryOut(Moment now)
    {
        if (_disposed)
        {
            return null;
        }

        // If a new generation begins, its predecessor's counter is collected here, into the report that is taken next.
        Publish(now);
        var report = _core.TakeReport(now);
        _isSending |= report is not null;

        // What was collected, and the time, may have changed what holds.
        Publish(now);
        if (_core.NextWake is { } wake)
        {
            _timer ??= Time.CreateTimer(
                static mirror => ((BreakerMirror)mirror!).Pump(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(Wake.In(wake, now), Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer?.Dispose();
            _timer = null;
        }

        return report;
    }

    private void Publish(Moment now)
    {
        while (true)
        {
            var before = _view;
            var snapshot = _core.Snapshot(now);
            var sameCounter = before.Counter.Generation == _core.Generation && before.Counter.Local == _core.IsLocal;
            if (sameCounter && Shows(before, snapshot))
            {
                return;
            }

            _view = MakeView(sameCounter ? before.Counter : NewCounter(), now);
            _changed?.SetResult();
            _changed = null;
            if (sameCounter)
            {
                return;
            }

            // What the old generation admitted and counted until now; calls still under way tell when they end.
            before.Counter.Retire();
            Collect(before.Counter, now);
        }
    }

    private OutcomeCounter NewCounter() => new(_core.Generation, _core.IsLocal, this, _core.OwnRun);

    private bool Shows(MirrorView view, BreakerSnapshot snapshot) =>
        view.Mode == _core.Mode
        && view.IsHeld == _core.IsHeld
        && view.Refusal == _core.Refusal
        && view.Snapshot.Revision == snapshot.Revision
        && view.Snapshot.FreeProbes == snapshot.FreeProbes
        && ReferenceEquals(view.Snapshot.Policy, snapshot.Policy);

    private MirrorView MakeView(OutcomeCounter counter, Moment now)
    {
        counter.EnoughInARow = _core.HoldsFrom ?? 0;
        return new(_core.Snapshot(now), _core.Mode, _core.Refusal, counter, Time, _core.IsHeld);
    }

    private async Task SendAsync(WorkerReport report)
    {
        ReportAnswer? answer = null;
        try
        {
            answer = await _context.Link.ReportAsync(_component, report).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogReportFailed(_context.Logger, _component, report.Number, exception);
        }

        var dropped = false;
        Feed(now =>
        {
            _isSending = false;
            Interlocked.MemoryBarrier();
            CollectAll(now);
            if (answer is null)
            {
                dropped = _core.ReportFailed(report, now);
            }
            else
            {
                _core.ReportAnswered(report, answer, now);
            }
        });
        if (dropped)
        {
            LogReportDropped(_context.Logger, _component, report.Number, SessionLimits.ReportRetries);
        }
    }
}
