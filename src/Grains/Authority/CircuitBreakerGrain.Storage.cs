using Orleans;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Authority;

/// <content>The row (C6): its last write, who waits for a write, and what is logged of it.</content>
internal sealed partial class CircuitBreakerGrain
{
    private static readonly TimeSpan StoredWaitLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastWriteLimit = TimeSpan.FromSeconds(3);

    private readonly List<StoredWaiter> _waiters = [];
    private PersistedRow<StoredBreaker> _row = null!;

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LastWriteLimit);
        _shell.End();
        try
        {
            await _row.WriteLastAsync(_core.TakeLastWrite, limit.Token);
        }
        catch (Exception exception)
        {
            // Totals since the last write are lost; a transition is not: workers hold it, sealed (C7).
            _telemetry.StoreFailed();
            LogLastWriteFailed(_component, exception);
        }
    }

    void IPersistenceLog.ReadFailed(Exception exception)
    {
        _telemetry.StoreFailed();
        LogReadFailed(_component, exception);
    }

    void IPersistenceLog.WriteFailed(Exception exception, bool isFirst)
    {
        _telemetry.StoreFailed();
        if (isFirst)
        {
            LogWriteFailed(_component, exception);
        }
    }

    void IPersistenceLog.Written(int failures)
    {
        if (failures > 0)
        {
            LogStoredAgain(_component, failures);
        }

        foreach (var waiter in _waiters.FindAll(waiter => _core.IsStoredThrough(waiter.Generation)))
        {
            _waiters.Remove(waiter);
            waiter.Done.SetResult();
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

    private sealed record StoredWaiter(Generation Generation, TaskCompletionSource Done);
}
