using Microsoft.Extensions.Hosting;
using TaskerCore.Orleans.Client.Session;

namespace TaskerCore.Orleans.Client;

/// <summary>Runs the worker's session with the host: starts without waiting for the cluster, and stops last, so that what the worker's
/// other services do until their end is guarded and reported too.</summary>
internal sealed class CircuitBreakerService(IClusterConnection connection, WorkerSession session) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await connection.StartAsync(cancellationToken).ConfigureAwait(false);
        _running = Task.Run(() => session.RunAsync(_stop.Token), CancellationToken.None);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => connection.EndsWithTheHost ? EndAsync(cancellationToken) : Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => connection.EndsWithTheHost ? Task.CompletedTask : EndAsync(cancellationToken);

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await session.StopAsync(cancellationToken).ConfigureAwait(false);
        await connection.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _stop.Dispose();
}
