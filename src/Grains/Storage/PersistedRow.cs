using Orleans.Storage;
using TaskerCore.Orleans.Grains.Hosting;
using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Storage;

/// <summary>Reads and writes the row of a core as its effects say, and tells the core how that went. Runs on the activation's scheduler only.</summary>
/// <typeparam name="TRow">The row.</typeparam>
/// <param name="row">The row in the store.</param>
/// <param name="core">Whose row it is.</param>
/// <param name="shell">Carries out what the core wants then.</param>
/// <param name="log">What is logged and measured of it.</param>
internal sealed class PersistedRow<TRow>(StoredRow<TRow> row, IPersistedCore<TRow> core, CoreShell shell, IPersistenceLog log)
    where TRow : class
{
    /// <summary>An activation does not wait longer for its first read: it goes on without (C6).</summary>
    private static readonly TimeSpan FirstReadLimit = TimeSpan.FromSeconds(1);

    private Task _writing = Task.CompletedTask;

    /// <summary>The read that the core was made with; returns when the core knows its end. What the core wants is not carried out yet.</summary>
    public async Task FirstReadAsync()
    {
        try
        {
            await ReadAsync(FirstReadLimit);
        }
        catch (Exception exception)
        {
            ReadFailed(exception);
        }
    }

    /// <summary>Starts a read.</summary>
    public void Read() => shell.Start(() => ReadAsync(Timeout.InfiniteTimeSpan), ReadFailed);

    /// <summary>Starts a write. Only one is under way at a time: the core gives out the next row when it knows the end of this one.</summary>
    public void Write(TRow record) => _writing = shell.RunAsync(() => WriteAsync(record), WriteFailed);

    /// <summary>The last write of an activation that ends, after the one that is under way.</summary>
    /// <param name="take">The core's last row; null: none is to be written. Asked once more when the row was another one.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="Exception">The last row could not be written.</exception>
    public async Task WriteLastAsync(Func<Moment, TRow?> take, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        if (take(shell.Now) is not { } last)
        {
            return;
        }

        try
        {
            await row.WriteAsync(last).WaitAsync(cancellationToken);
        }
        catch (InconsistentStateException)
        {
            // A write that seemed to have failed was made, or another activation wrote: go on above it, once.
            core.WriteConflicted(await row.ReadAsync().WaitAsync(cancellationToken), shell.Now);
            if (take(shell.Now) is { } again)
            {
                await row.WriteAsync(again).WaitAsync(cancellationToken);
            }
        }
    }

    private async Task WriteAsync(TRow record)
    {
        try
        {
            await row.WriteAsync(record);
        }
        catch (InconsistentStateException)
        {
            core.WriteConflicted(await row.ReadAsync(), shell.Now);
            return;
        }

        var failures = core.FailedWrites;
        core.WriteSucceeded(shell.Now);
        log.Written(failures);
    }

    private async Task ReadAsync(TimeSpan limit) => core.ReadSucceeded(await row.ReadAsync().WaitAsync(limit, shell.Time), shell.Now);

    private void WriteFailed(Exception exception)
    {
        log.WriteFailed(exception, isFirst: core.FailedWrites == 0);
        core.WriteFailed(shell.Now);
    }

    private void ReadFailed(Exception exception)
    {
        log.ReadFailed(exception);
        core.ReadFailed(shell.Now);
    }
}
