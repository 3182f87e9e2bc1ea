using Orleans;
using Orleans.Serialization;
using TaskerCore.Orleans.Client.Session;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>The way from the HTTP API to the cluster: the silo in this process, once it has joined.</summary>
internal sealed class SiloConnection : IClusterConnection
{
    private volatile IClusterClient? _client;

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

    public Task<Serializer?> GetWireAsync() => Task.FromResult<Serializer?>(null);

    public bool EndsWithTheHost => true;

    public string Describe() => "this silo";

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
