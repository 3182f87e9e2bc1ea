using Microsoft.Extensions.Hosting;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Pgmq;

namespace TaskerCore.Orleans.PgmqWorker;

/// <summary>Sends orders. One that could not be sent is sent again: after an error at its pace, after a rejection when the circuit
/// admits.</summary>
internal sealed class Producer(IProtectedPgmqClient pgmq, WorkerSettings settings, CallLog calls) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(settings.SendEvery);
        while (await pace.WaitForNextTickAsync(stoppingToken) && !calls.ProducingHasEnded)
        {
            var order = new Order(settings.Worker, calls.Sent + 1);
            var end = await calls.WatchAsync(() => pgmq.SendAsync(settings.Queue, order, cancellationToken: stoppingToken));
            if (end == CallEnd.Done)
            {
                calls.Sent = order.Number;
            }
            else if (end == CallEnd.Rejected)
            {
                await pgmq.BreakerOf(settings.Queue).WaitUntilAdmittingAsync(stoppingToken);
            }
        }
    }
}
