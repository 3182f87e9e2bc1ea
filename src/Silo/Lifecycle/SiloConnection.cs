using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Silo.Lifecycle;

/// <summary>The way from the HTTP API to the cluster: the silo in this process, once it has joined.</summary>
internal sealed class SiloConnection : IClusterConnection
{
    private volatile IClusterClient? _client;
    private volatile IClusterMembershipService? _membership;

    public event Action? Changed
    {
        add { }
        remove { }
    }

    public IClusterClient? Client
    {
        get => _client;
        set => _client = value;
    }

    public SiloPass? Pass { get; set; }

    /// <summary>Which silos there are, as the one in this process sees it; null while it has not joined.</summary>
    public IClusterMembershipService? Membership
    {
        get => _membership;
        set => _membership = value;
    }

    public Task<Serializer?> GetWireAsync() => Task.FromResult<Serializer?>(null);

    public bool EndsWithTheHost => true;

    public string Describe() => "this silo";

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
