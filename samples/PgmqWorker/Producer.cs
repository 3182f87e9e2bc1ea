using Microsoft.Extensions.Hosting;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Pgmq;

namespace TaskerCore.Orleans.PgmqWorker;

/// <summary>Sends orders. One that could not be sent is sent again: after an error at once, after a rejection when the circuit admits.</summary>
internal sealed class Producer(ProtectedPgmqClient pgmq, WorkerSettings settings, CallLog calls) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(settings.SendEvery);
        for (var number = 1L; await pace.WaitForNextTickAsync(stoppingToken) && !calls.ProducingHasEnded; number++)
        {
            while (!await TrySendAsync(new Order(settings.Worker, number), stoppingToken))
            {
                await pgmq.BreakerOf(settings.Queue).WaitUntilAdmittingAsync(stoppingToken);
                await pace.WaitForNextTickAsync(stoppingToken);
            }

            calls.Sent = number;
        }
    }

    private Task<bool> TrySendAsync(Order order, CancellationToken cancellationToken) =>
        calls.WatchAsync(() => pgmq.SendAsync(settings.Queue, order, cancellationToken: cancellationToken));
}
