using Orleans;
using Orleans.Storage;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Authority;

/// <content>Reading and writing the row, as <see cref="AuthorityCore"/> says (C6).</content>
internal sealed partial class CircuitBreakerGrain
{
    private static readonly TimeSpan FirstReadLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StoredWaitLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastWriteLimit = TimeSpan.FromSeconds(3);

    private readonly StoredRow<StoredBreaker> _row;
    private readonly List<StoredWaiter> _waiters = [];
    private Task _writing = Task.CompletedTask;

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LastWriteLimit);
        _isEnding = true;
        try
        {
            await _writing.WaitAsync(limit.Token);
            if (_core.TakeLastWrite(_clock.Now) is { } last)
            {
                await WriteLastAsync(last).WaitAsync(limit.Token);
            }
        }
        catch (Exception exception)
        {
            // Totals since the last write are lost; a transition is not: workers hold it, sealed (C7).
            _telemetry.StoreFailed();
            LogLastWriteFailed(_component, exception);
        }
    }

    private async Task WriteLastAsync(StoredBreaker last)
    {
        try
        {
            await _row.WriteAsync(last);
        }
        catch (InconsistentStateException)
        {
            // A write that seemed to have failed was made, or another activation wrote: go on above it, once.
            _core.WriteConflicted(await _row.ReadAsync(), _clock.Now);
            if (_core.TakeLastWrite(_clock.Now) is { } again)
            {
                await _row.WriteAsync(again);
            }
        }
    }

    private async Task WriteAsync(StoredBreaker record)
    {
        try
        {
            await _row.WriteAsync(record);
            if (_core.FailedWrites > 0)
            {
                LogStoredAgain(_component, _core.FailedWrites);
            }

            _core.WriteSucceeded(_clock.Now);
            TellStored();
        }
        catch (InconsistentStateException)
        {
            await ReadAfterConflictAsync();
        }
        catch (Exception exception)
        {
            if (_core.FailedWrites == 0)
            {
                LogWriteFailed(_component, exception);
            }

            _telemetry.StoreFailed();
            _core.WriteFailed(_clock.Now);
        }

        CarryOut();
    }

    private async Task ReadAfterConflictAsync()
    {
        try
        {
            _core.WriteConflicted(await _row.ReadAsync(), _clock.Now);
        }
        catch (Exception exception)
        {
            _telemetry.StoreFailed();
            LogWriteFailed(_component, exception);
            _core.WriteFailed(_clock.Now);
        }
    }

    private async Task ReadAgainAsync()
    {
        await ReadAsync(Timeout.InfiniteTimeSpan);
        CarryOut();
    }

    private async Task ReadAsync(TimeSpan limit)
    {
        try
        {
            _core.ReadSucceeded(await _row.ReadAsync().WaitAsync(limit), _clock.Now);
        }
        catch (Exception exception)
        {
            _telemetry.StoreFailed();
            LogReadFailed(_component, exception);
            _core.ReadFailed(_clock.Now);
        }
    }

    private async ValueTask<bool> StoredAsync(Generation generation)
    {
        if (_core.IsStoredThrough(generation))
        {
            return true;
        }

        var waiter = new StoredWaiter(generation, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiters.Add(waiter);
        try
        {
            await waiter.Done.Task.WaitAsync(StoredWaitLimit);
            return true;
        }
        catch (TimeoutException)
        {
            _waiters.Remove(waiter);
            return false;
        }
    }

    private void TellStored()
    {
        foreach (var waiter in _waiters.FindAll(waiter => _core.IsStoredThrough(waiter.Generation)))
        {
            _waiters.Remove(waiter);
            waiter.Done.SetResult();
        }
    }

    private sealed record StoredWaiter(Generation Generation, TaskCompletionSource Done);
}
