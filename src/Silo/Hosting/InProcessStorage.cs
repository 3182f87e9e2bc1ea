using System.Collections.Concurrent;
using System.Globalization;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>The store of a silo that has none: this process's memory, so that it is there as long as the grains are. (The memory storage
/// that Orleans ships is made of grains, which may end before those that write to it.)</summary>
internal sealed class InProcessStorage(IGrainStorageSerializer serializer) : IGrainStorage
{
    private readonly ConcurrentDictionary<(string State, GrainId Grain), Row> _rows = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_rows.TryGetValue((stateName, grainId), out var row))
        {
            grainState.State = serializer.Deserialize<T>(row.Payload);
            grainState.ETag = row.ETag;
            grainState.RecordExists = true;
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var next = new Row(serializer.Serialize(grainState.State), Version(grainState.ETag) + 1);
        var stored = _rows.AddOrUpdate(
            (stateName, grainId),
            _ => grainState.ETag is null ? next : throw Conflict(grainState.ETag, null),
            (_, found) => found.ETag == grainState.ETag ? next : throw Conflict(grainState.ETag, found.ETag));
        grainState.ETag = stored.ETag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _rows.TryRemove((stateName, grainId), out _);
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private static int Version(string? etag) => etag is null ? 0 : int.Parse(etag, CultureInfo.InvariantCulture);

    private static InconsistentStateException Conflict(string? expected, string? found) =>
        new($"The row has version {found ?? "none"}, not {expected ?? "none"}.");

    private sealed record Row(BinaryData Payload, int Number)
    {
        public string ETag { get; } = Number.ToString(CultureInfo.InvariantCulture);
    }
}
