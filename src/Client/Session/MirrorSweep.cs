using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client.Mirror;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>Looks at all mirrors four times a second: collects the outcomes that have waited long enough (C2), and passes on that renewals are
/// overdue (C8).</summary>
internal sealed class MirrorSweep(MirrorRegistry mirrors, HubRenewal renewal, WorkerClock clock, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Sweeps until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, clock.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            Sweep();
        }
    }

    private void Sweep()
    {
        var now = clock.Now;
        if (renewal.TakeOutageChange() is { } change)
        {
            if (change.IsLogged)
            {
                logger.Reachable(change.IsOverdue ? "does not answer" : "answers again");
            }

            mirrors.Each(change.IsOverdue, static (mirror, isOverdue) => mirror.RenewalIsOverdue(isOverdue));
        }

        mirrors.Each(now, static (mirror, at) => mirror.FlushIfDue(at));
    }
}
