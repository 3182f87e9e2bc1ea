using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>The shell of one mirror: feeds <see cref="MirrorCore"/> under a lock, sends what it says, publishes what holds. It holds
/// no rule. Safe for any number of threads.</summary>
internal sealed partial class BreakerMirror : IBreakerMirror, IOutcomeListener, IThreadPoolWorkItem, IDisposable
{
    private readonly Lock _lock = new();
    private readonly string _component;
    private readonly MirrorCore _core;
    private readonly IBreakerLink _link;
    private readonly WorkerClock _clock;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly HashSet<OutcomeCounter> _retired = [];
    private readonly ConcurrentQueue<WorkerReport> _toSend = new();
    private readonly ConcurrentQueue<(BreakerMode Before, BreakerMode Now)> _modeChanges = new();

    private volatile MirrorView _view;
    private TaskCompletionSource _changed = NewSignal();
    private TimeSpan _nextFlush;
    private ViewKey _key;
    private int _pumpIsQueued;
    private volatile bool _isSending;
    private bool _disposed;

    public BreakerMirror(string component, MirrorCore core, IBreakerLink link, WorkerClock clock, ILogger logger)
    {
        _component = component;
        _core = core;
        _link = link;
        _clock = clock;
        _logger = logger;
        _key = KeyOf(core);
        var now = clock.Now;
        _view = MakeView(new OutcomeCounter(core.Generation, core.IsLocal, this), now);
        _nextFlush = now.Elapsed + core.FlushInterval;
        _timer = clock.Time.CreateTimer(static mirror => ((BreakerMirror)mirror!).PumpInBackground(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public TimeProvider Time => _clock.Time;

    public string Component => _component;

    public MirrorView View => _view;

    /// <summary>Whether nothing is left to report.</summary>
    public bool IsFlushed
    {
        get
        {
            lock (_lock)
            {
                return _core.IsFlushed;
            }
        }
    }

    void IOutcomeListener.OnNews(OutcomeCounter counter, OutcomeNews news)
    {
        if (news == OutcomeNews.Late)
        {
            lock (_lock)
            {
                _retired.Add(counter);
            }
        }
        else if (counter.Local)
        {
            // The rules run here: the caller's next call must see what this outcome decides.
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
        PumpInBackground();
    }

    public BreakerClaim Claim()
    {
        lock (_lock)
        {
            return _core.Claim(_clock.Now, offer: true);
        }
    }

    public void Hear(BreakerUpdate update) => Feed(now => _core.Hear(update, now));

    public void RenewalIsOverdue(bool overdue) => Feed(now => _core.RenewalIsOverdue(overdue, now));

    /// <summary>Collects outcomes that decide nothing, when it is time for them (C2).</summary>
    public void FlushIfDue(Moment now)
    {
        lock (_lock)
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
        lock (_lock)
        {
            return ReferenceEquals(_view, view) ? _changed.Task : Task.CompletedTask;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        _timer.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static ViewKey KeyOf(MirrorCore core) => new(core.Mode, core.IsLocal, core.IsAskingForPermit, core.Generation, core.Refusal);

    private void Pump() => Feed(now =>
    {
        CollectAll(now);
        _core.Advance(now);
    });

    /// <summary>As <see cref="Pump"/>, where nobody would hear of an exception: a defect here must not end the worker's process.</summary>
    private void PumpInBackground()
    {
        try
        {
            Pump();
        }
        catch (Exception exception)
        {
            LogBroken(_component, exception);
        }
    }

    /// <summary>Gives the core an input, and does what it says after it. The only way in, but for reads.</summary>
    private void Feed(Action<Moment> input)
    {
        lock (_lock)
        {
            var now = _clock.Now;
            input(now);
            CarryOut(now);
        }

        // After the lock: the way to the cluster and a logger are not to run under it.
        while (_toSend.TryDequeue(out var report))
        {
            SendAsync(report).Ignore();
        }

        while (_modeChanges.TryDequeue(out var change))
        {
            LogMode(
                change.Now == BreakerMode.Connected ? LogLevel.Information : LogLevel.Warning, _component, change.Before, change.Now);
        }
    }

    /// <summary>Publishes what changed, sends what is due, arms the timer. Under the lock.</summary>
    private void CarryOut(Moment now)
    {
        if (_disposed)
        {
            return;
        }

        Publish(now);
        if (_core.TakeReport(now) is { } report)
        {
            _isSending = true;
            _toSend.Enqueue(report);
        }

        Publish(now);
        _timer.Change(Wake.In(_core.NextWake, now), Timeout.InfiniteTimeSpan);
    }

    private void Publish(Moment now)
    {
        while (true)
        {
            var key = KeyOf(_core);
            var snapshot = _core.Snapshot(now);
            if (key == _key && snapshot.Revision == _view.Snapshot.Revision && ReferenceEquals(snapshot.Policy, _view.Snapshot.Policy))
            {
                return;
            }

            var sameCounter = key.Generation == _key.Generation && key.IsLocal == _key.IsLocal;
            var before = _view;
            var mode = _key.Mode;
            _key = key;
            _view = MakeView(sameCounter ? before.Counter : new OutcomeCounter(key.Generation, key.IsLocal, this), now);
            var changed = _changed;
            _changed = NewSignal();
            changed.SetResult();
            if (mode != key.Mode)
            {
                _modeChanges.Enqueue((mode, key.Mode));
            }

            if (sameCounter)
            {
                return;
            }

            // What the old generation admitted and counted until now; calls still under way tell when they end.
            before.Counter.Retire();
            Collect(before.Counter, now);
        }
    }

    private MirrorView MakeView(OutcomeCounter counter, Moment now) => new(_core.Snapshot(now), _core.Mode, _core.Refusal, counter, Time);

    private void CollectAll(Moment now)
    {
        foreach (var counter in _retired)
        {
            Collect(counter, now);
        }

        _retired.Clear();
        Collect(_view.Counter, now);
    }

    private void Collect(OutcomeCounter counter, Moment now)
    {
        if (counter.Collect() is { } tally)
        {
            _core.Record(tally, now);
        }
    }

    private async Task SendAsync(WorkerReport report)
    {
        ReportAnswer? answer = null;
        try
        {
            answer = await _link.ReportAsync(_component, report).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogReportFailed(_component, report.Number, exception);
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
            LogReportDropped(_component, report.Number, SessionLimits.ReportRetries);
        }
    }

    private readonly record struct ViewKey(BreakerMode Mode, bool IsLocal, bool IsAskingForPermit, Generation Generation, BreakerRefusal? Refusal);
}
