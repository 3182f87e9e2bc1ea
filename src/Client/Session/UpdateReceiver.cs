using System.Collections.Immutable;
using Orleans;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>Receives what the hub pushes, and applies it to the mirrors.</summary>
/// <remarks>Orleans keeps a weak reference alone: whoever registers the receiver keeps it.</remarks>
internal sealed class UpdateReceiver(MirrorRegistry mirrors) : IWorkerObserver
{
    private IWorkerObserver? _reference;

    /// <summary>What the hub calls it by; made with the first call.</summary>
    public IWorkerObserver ReferenceFor(IClusterClient client) => _reference ??= client.CreateObjectReference<IWorkerObserver>(this);

    public ValueTask OnUpdatesAsync(ImmutableArray<BreakerUpdate> updates)
    {
        mirrors.Apply(updates);
        return ValueTask.CompletedTask;
    }
}
