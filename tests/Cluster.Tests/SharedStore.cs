using System.Collections.Concurrent;
using System.Text.Json;
using Orleans.Storage;

namespace TaskerCore.Orleans.Cluster.Tests;

/// <summary>A store that outlives the silos, as Postgres does, and can be switched off.</summary>
internal sealed class SharedStore : IGrainStorage
{
    private static readonly JsonSerializerOptions Json = new() { IgnoreReadOnlyProperties = true };

    private readonly ConcurrentDictionary<string, (string Row, int Version)> _rows = new();

    public bool IsDown { get; set; }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfDown();
        if (_rows.TryGetValue(grainId.ToString(), out var found))
        {
            grainState.State = JsonSerializer.Deserialize<T>(found.Row, Json)!;
            grainState.ETag = found.Version.ToString();
            grainState.RecordExists = true;
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfDown();
        var expected = grainState.ETag is null ? 0 : int.Parse(grainState.ETag);
        var row = (JsonSerializer.Serialize(grainState.State, Json), expected + 1);
        var written = _rows.AddOrUpdate(
            grainId.ToString(),
            _ => expected == 0 ? row : throw new InconsistentStateException("no row"),
            (_, found) => found.Version == expected ? row : throw new InconsistentStateException($"version {found.Version}, not {expected}"));
        grainState.ETag = written.Version.ToString();
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfDown();
        _rows.TryRemove(grainId.ToString(), out _);
        return Task.CompletedTask;
    }

    private void ThrowIfDown()
    {
        if (IsDown)
        {
            throw new IOException("the store is down");
        }
    }
}
