using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace TaskerCore.Orleans.Grains.Hosting;

/// <summary>Tells a silo's grains when active silos came or went: one for all of them, so that a breaker at rest costs no watcher of its
/// own. Safe for any number of threads.</summary>
internal sealed partial class SiloWatch(IClusterMembershipService membership, ILogger<SiloWatch> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<Listener> _listeners = [];
    private readonly CancellationTokenSource _ending = new();
    private bool _isWatching;

    /// <summary>Calls <paramref name="changed"/> for each change from now on, on the caller's scheduler, until what is returned is disposed.</summary>
    public IDisposable Listen(Action changed)
    {
        var listener = new Listener(this, changed, TaskScheduler.Current);
        lock (_lock)
        {
            _listeners.Add(listener);
            if (!_isWatching)
            {
                _isWatching = true;
                Task.Run(WatchAsync);
            }
        }

        return listener;
    }

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
    }

    private async Task WatchAsync()
    {
        var ending = _ending.Token;
        try
        {
            // What is there at the beginning is no change.
            HashSet<SiloAddress>? known = null;
            await foreach (var update in membership.MembershipUpdates.WithCancellation(ending))
            {
                var active = update.Members.Values.Where(silo => silo.Status == SiloStatus.Active).Select(silo => silo.SiloAddress).ToHashSet();
                if (known is not null && !known.SetEquals(active))
                {
                    Notify();
                }

                known = active;
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The silo ends.
        }
        catch (Exception exception)
        {
            LogNotWatching(exception);
        }
    }

    private void Notify()
    {
        Listener[] listeners;
        lock (_lock)
        {
            listeners = [.. _listeners];
        }

        foreach (var listener in listeners)
        {
            Task.Factory.StartNew(listener.Notify, CancellationToken.None, TaskCreationOptions.DenyChildAttach, listener.Scheduler);
        }
    }

    private sealed class Listener(SiloWatch watch, Action changed, TaskScheduler scheduler) : IDisposable
    {
        private bool _isGone;

        public TaskScheduler Scheduler => scheduler;

        public void Notify()
        {
            try
            {
                if (!_isGone)
                {
                    changed();
                }
            }
            catch (Exception exception)
            {
                watch.LogBroken(exception);
            }
        }

        public void Dispose()
        {
            _isGone = true;
            lock (watch._lock)
            {
                watch._listeners.Remove(this);
            }
        }
    }

    [LoggerMessage(EventIds.MembershipNotWatching, LogLevel.Warning, "This silo no longer receives changes of cluster membership; its grains query and write at their intervals only")]
    private partial void LogNotWatching(Exception exception);

    [LoggerMessage(EventIds.MembershipBroken, LogLevel.Error, "Unhandled exception while a grain processed a membership change; the other grains are still notified")]
    private partial void LogBroken(Exception exception);
}
