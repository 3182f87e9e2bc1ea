using Microsoft.Extensions.Hosting;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Pgmq;

namespace TaskerCore.Orleans.PgmqWorker;

/// <summary>Reads orders and archives them. While the circuit is open it waits, and makes no call.</summary>
internal sealed class Consumer(IProtectedPgmqClient pgmq, WorkerSettings settings, CallLog calls) : BackgroundService
{
    private const int BatchSize = 50;
    private static readonly TimeSpan Visibility = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Pause);
        while (await pace.WaitForNextTickAsync(stoppingToken))
        {
            IReadOnlyList<PgmqMessage> orders = [];
            var end = await calls.WatchAsync(
                async () => orders = await pgmq.ReadAsync(settings.Queue, Visibility, BatchSize, cancellationToken: stoppingToken));
            if (end == CallEnd.Rejected)
            {
                await pgmq.BreakerOf(settings.Queue).WaitUntilAdmittingAsync(stoppingToken);
            }
            else if (orders.Count > 0)
            {
                await calls.WatchAsync(
                    async () => calls.Consumed += (await pgmq.ArchiveAsync(settings.Queue, orders.Select(order => order.MsgId), stoppingToken)).Count);
            }
        }
    }
}
