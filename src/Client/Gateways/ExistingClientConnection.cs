using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Gateways;

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

    private bool IsSilo => client.ServiceProvider.GetService<ILocalSiloDetails>() is not null;

    public string Describe() => IsSilo ? "this silo" : "the host's own Orleans client";

    public string Advice => IsSilo
        ? "Breakers of a silo that left the cluster move to another one within seconds: try again. If it goes on, check the cluster's membership and this silo's log."
        : "The application owns that client: check its connection to the cluster.";

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
