using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Client.Rehearsal;
using TaskerCore.Orleans.Client.Session;

namespace TaskerCore.Orleans.Client;

/// <summary>Runs the worker's session with the host: starts without waiting for the cluster. With gateways it stops last, so that what
/// the worker's other services do until their end is guarded and reported too; with the host's own client it stops before that does.</summary>
internal sealed partial class CircuitBreakerService(
    IClusterConnection connection, WorkerSession session, TimeProvider time, ILogger<CircuitBreakerService> logger) : IHostedLifecycleService, IAsyncDisposable, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private Task _rehearsing = Task.CompletedTask;
    private Task? _ending;
    private bool _isDisposed;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await connection.StartAsync(cancellationToken).ConfigureAwait(false);
        _running = Task.Run(() => session.RunAsync(_stop.Token), CancellationToken.None);
        _rehearsing = Task.Run(RehearseAsync, CancellationToken.None);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => connection.EndsWithTheHost ? _ending ??= EndAsync(cancellationToken) : Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => connection.EndsWithTheHost ? Task.CompletedTask : _ending ??= EndAsync(cancellationToken);

    private async Task RehearseAsync()
    {
        try
        {
            await WorkerRehearsal.PlayAsync(time, await connection.GetWireAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Nothing depends on it but how fast the first circuit opens.
            LogNotRehearsed(exception);
        }
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _rehearsing.ConfigureAwait(false);
        await session.StopAsync(cancellationToken).ConfigureAwait(false);
        await connection.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A host whose start failed is disposed without a stop.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _stop.Cancel();
            _stop.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _rehearsing.ConfigureAwait(false);
    }

    [LoggerMessage(EventIds.WorkerNotRehearsed, LogLevel.Warning, "The rehearsal of a breaker's life failed; the first circuit that opens will be slower for it")]
    private partial void LogNotRehearsed(Exception exception);
}
