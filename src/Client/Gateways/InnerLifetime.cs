using Microsoft.Extensions.Hosting;

namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>The lifetime of the inner host: the outer host decides. Without it a host takes the process' signals and writes its banner.</summary>
internal sealed class InnerLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
