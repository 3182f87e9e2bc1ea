using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Serialization;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>The client that the host has already: a worker with an Orleans client of its own, or a silo.</summary>
internal sealed class ExistingClientConnection(IClusterClient client) : IClusterConnection
{
    public event Action? Changed
    {
        // The host owns the client and its events; renewals find out by themselves.
        add { }
        remove { }
    }

    public IClusterClient Client => client;

    /// <summary>Where the host is a silo that holds breakers: that silo's.</summary>
    public SiloPass? Pass => client.ServiceProvider.GetService<SiloPass>();

    public Task<Serializer?> GetWireAsync() => Task.FromResult(client.ServiceProvider.GetService<Serializer>());

    public bool EndsWithTheHost => true;

    public string Describe() => "the host's own Orleans client";

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
