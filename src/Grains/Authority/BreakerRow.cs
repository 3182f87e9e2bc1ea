using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace TaskerCore.Orleans.Grains.Authority;

/// <summary>The row of one breaker in the store. Takes the storage provider by hand: a grain's own persistent state is read while
/// activating and fails the activation with the store (C6).</summary>
internal sealed class BreakerRow(IGrainStorage storage, GrainId grainId)
{
    private const string StateName = "breaker";

    private string? _etag;
    private bool _exists;

    /// <summary>What is stored; null when nothing is.</summary>
    public async Task<StoredBreaker?> ReadAsync()
    {
        var state = new GrainState<StoredBreaker>();
        await storage.ReadStateAsync(StateName, grainId, state);
        (_etag, _exists) = (state.ETag, state.RecordExists);
        return state.RecordExists ? state.State : null;
    }

    /// <summary>Writes over the row as it was last read or written.</summary>
    /// <exception cref="InconsistentStateException">The row is another one by now: read it.</exception>
    public async Task WriteAsync(StoredBreaker record)
    {
        var state = new GrainState<StoredBreaker>(record, _etag) { RecordExists = _exists };
        await storage.WriteStateAsync(StateName, grainId, state);
        (_etag, _exists) = (state.ETag, true);
    }
}
