using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Client.Session;
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
        _view = MakeView(new OutcomeCounter(core.Generation, core.IsLocal, this));
        _nextFlush = clock.Now.Elapsed + core.FlushInterval;
        _timer = clock.Time.CreateTimer(static mirror => ((BreakerMirror)mirror!).Pump(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
        Pump();
    }

    public BreakerClaim Claim()
    {
        lock (_lock)
        {
            return _core.Claim(_clock.Now, offer: true);
        }
    }

    public void Hear(BreakerUpdate update)
    {
        lock (_lock)
        {
            _core.Hear(update, _clock.Now);
            Settle();
        }
    }

    public void RenewalIsOverdue(bool overdue)
    {
        lock (_lock)
        {
            _core.RenewalIsOverdue(overdue, _clock.Now);
            Settle();
        }
    }

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
    public void Flush()
    {
        lock (_lock)
        {
            CollectAll();
            _core.Flush(_clock.Now);
            Settle();
        }
    }

    public async ValueTask<HeldPermit?> AcquireProbeAsync(CancellationToken cancellationToken)
    {
        PermitRequest? request;
        lock (_lock)
        {
            if (_core.IsLocal)
            {
                var own = _core.TakeLocalPermit(_clock.Now);
                Settle();
                return own is null ? null : new HeldPermit(own, Local: true);
            }

            request = _core.TakePermitRequest(_clock.Now);
            Settle();
        }

        if (request is null)
        {
            return null;
        }

        var asking = AskPermitAsync(request);
        try
        {
            return await asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ReturnUnusedAsync(asking).Ignore();
            throw;
        }
    }

    public void SettleProbe(HeldPermit permit, ProbeResult result, TimeSpan? duration, bool slow)
    {
        var outcome = new ProbeOutcome
        {
            PermitId = permit.Permit.Id,
            Generation = permit.Permit.Generation,
            Result = result,
            Slow = slow,
            Duration = duration,
        };
        lock (_lock)
        {
            _core.Settle(outcome, permit.Local, _clock.Now);
            Settle();
        }
    }

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

    private static ViewKey KeyOf(MirrorCore core) => new(core.Mode, core.IsLocal, core.Generation, core.Refusal);

    private void Pump()
    {
        lock (_lock)
        {
            CollectAll();
            _core.Advance(_clock.Now);
            Settle();
        }
    }

    /// <summary>After each input: publishes what changed, sends what is due, arms the timer. Under the lock.</summary>
    private void Settle()
    {
        if (_disposed)
        {
            return;
        }

        Publish();
        if (_core.TakeReport(_clock.Now) is { } report)
        {
            _isSending = true;
            Task.Run(() => SendAsync(report)).Ignore();
            Publish();
        }

        var wake = _core.NextWake - _clock.Now.Elapsed;
        _timer.Change(wake is not { } due ? Timeout.InfiniteTimeSpan : due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Publish()
    {
        while (true)
        {
            var key = KeyOf(_core);
            var snapshot = _core.Snapshot(_clock.Now);
            if (key == _key && snapshot.Revision == _view.Snapshot.Revision && ReferenceEquals(snapshot.Policy, _view.Snapshot.Policy))
            {
                return;
            }

            var sameCounter = key.Generation == _key.Generation && key.IsLocal == _key.IsLocal;
            var before = _view;
            var mode = _key.Mode;
            _key = key;
            _view = MakeView(sameCounter ? before.Counter : new OutcomeCounter(key.Generation, key.IsLocal, this));
            var changed = _changed;
            _changed = NewSignal();
            changed.SetResult();
            if (mode != key.Mode)
            {
                LogMode(_component, mode, key.Mode);
            }

            if (sameCounter)
            {
                return;
            }

            // What the old generation admitted and counted until now; calls still under way tell when they end.
            before.Counter.Retire();
            Collect(before.Counter);
        }
    }

    private MirrorView MakeView(OutcomeCounter counter) => new(_core.Snapshot(_clock.Now), _core.Mode, _core.Refusal, counter, Time);

    private void CollectAll()
    {
        foreach (var counter in _retired)
        {
            Collect(counter);
        }

        _retired.Clear();
        Collect(_view.Counter);
    }

    private void Collect(OutcomeCounter counter)
    {
        if (counter.Collect() is { } tally)
        {
            _core.Record(tally, _clock.Now);
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

        lock (_lock)
        {
            _isSending = false;
            Interlocked.MemoryBarrier();
            CollectAll();
            if (answer is null)
            {
                _core.ReportFailed(_clock.Now);
            }
            else
            {
                _core.ReportAnswered(report, answer, _clock.Now);
            }

            Settle();
        }
    }

    private async Task<HeldPermit?> AskPermitAsync(PermitRequest request)
    {
        PermitAnswer? answer = null;
        try
        {
            answer = await _link.RequestPermitAsync(_component, request).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogPermitFailed(_component, request.Number, exception);
        }

        lock (_lock)
        {
            ProbePermit? permit = null;
            if (answer is null)
            {
                _core.PermitFailed(request, _clock.Now);
            }
            else
            {
                permit = _core.PermitAnswered(request, answer, _clock.Now);
            }

            Settle();
            return permit is null ? null : new HeldPermit(permit, Local: false);
        }
    }

    private async Task ReturnUnusedAsync(Task<HeldPermit?> asking)
    {
        if (await asking.ConfigureAwait(false) is { } permit)
        {
            SettleProbe(permit, ProbeResult.Unused, null, slow: false);
        }
    }

    private readonly record struct ViewKey(BreakerMode Mode, bool IsLocal, Generation Generation, BreakerRefusal? Refusal);
}
