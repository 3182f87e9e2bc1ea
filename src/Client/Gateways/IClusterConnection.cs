using Orleans;
using Orleans.Serialization;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>The way to the cluster. It comes up by itself and comes back by itself; nothing waits for it at start.</summary>
internal interface IClusterConnection
{
    /// <summary>The client, once there is one; null before any silo was reached.</summary>
    IClusterClient? Client { get; }

    /// <summary>Something happened to the connection: renew now.</summary>
    event Action? Changed;

    /// <summary>What turns messages into bytes, once the client is made; null where that is not known. To be asked after the start.</summary>
    Task<Serializer?> GetWireAsync();

    /// <summary>Whether the client stops with the host's other services; false: it is ours, and lives until they have stopped.</summary>
    bool EndsWithTheHost { get; }

    /// <summary>What a silo shows to be heard as one; a worker has none.</summary>
    SiloPass? Pass => null;

    /// <summary>A callee has not answered for <see cref="SilenceTracker.Limit"/>. Does nothing where the client is not ours: its owner chooses the
    /// gateways.</summary>
    void CallsUnanswered()
    {
    }

    /// <summary>A call failed at once.</summary>
    void CallFailed()
    {
    }

    /// <summary>Where the cluster is looked for, for messages.</summary>
    string Describe();

    /// <summary>What to check when no silo answers, for messages.</summary>
    string Advice => "Check that a silo runs there and that its gateway port is open to this machine.";

    Task StartAsync(CancellationToken cancellationToken);

    Task StopAsync(CancellationToken cancellationToken);
}
