using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace TaskerCore.Orleans.Grains.Storage;

/// <summary>The row of one grain in the store. Takes the storage provider by hand: a grain's own persistent state is read while
/// activating and fails the activation with the store (C6).</summary>
/// <typeparam name="T">What the row holds.</typeparam>
internal sealed class StoredRow<T>(IGrainStorage storage, string stateName, GrainId grainId)
    where T : class
{
    private string? _etag;
    private bool _exists;

    /// <summary>What is stored; null when nothing is.</summary>
    public async Task<T?> ReadAsync()
    {
        var state = new GrainState<T>();
        await storage.ReadStateAsync(stateName, grainId, state);
        (_etag, _exists) = (state.ETag, state.RecordExists);
        return state.RecordExists ? state.State : null;
    }

    /// <summary>Writes over the row as it was last read or written.</summary>
    /// <exception cref="InconsistentStateException">The row is another one by now: read it.</exception>
    public async Task WriteAsync(T record)
    {
        var state = new GrainState<T>(record, _etag) { RecordExists = _exists };
        await storage.WriteStateAsync(stateName, grainId, state);
        (_etag, _exists) = (state.ETag, true);
    }
}
