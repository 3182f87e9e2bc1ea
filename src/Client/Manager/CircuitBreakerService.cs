using Microsoft.Extensions.Hosting;
using TaskerCore.Orleans.Client.Session;

namespace TaskerCore.Orleans.Client;

/// <summary>Runs the worker's session with the host: starts without waiting for the cluster, stops after reporting what is left.</summary>
internal sealed class CircuitBreakerService(IClusterConnection connection, WorkerSession session) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await connection.StartAsync(cancellationToken).ConfigureAwait(false);
        _running = Task.Run(() => session.RunAsync(_stop.Token), CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await session.StopAsync(cancellationToken).ConfigureAwait(false);
        await connection.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _stop.Dispose();
}
