using Microsoft.Extensions.Hosting;

namespace TaskerCore.Orleans.PlainWorker;

/// <summary>A host inside another program: signals are not its business.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
