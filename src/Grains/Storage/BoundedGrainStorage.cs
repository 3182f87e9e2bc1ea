using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace TaskerCore.Orleans.Grains.Storage;

/// <summary>Lets only so many reads and writes of rows be under way at once; the others wait for their turn.</summary>
/// <remarks>A silo may wake thousands of breakers in one moment. Without a bound each takes a connection of the pool, or fails because there is
/// none left, and so do membership's own statements, without which the silo is soon held for dead. Safe for any number of threads.</remarks>
internal sealed class BoundedGrainStorage(IGrainStorage storage, int mostAtOnce) : IGrainStorage, IDisposable
{
    /// <summary>As many as are good where nothing speaks for fewer.</summary>
    public const int MostAtOnce = 32;

    private readonly SemaphoreSlim _slots = new(mostAtOnce);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        InTurnAsync(() => storage.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        InTurnAsync(() => storage.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        InTurnAsync(() => storage.ClearStateAsync(stateName, grainId, grainState));

    public void Dispose() => _slots.Dispose();

    private async Task InTurnAsync(Func<Task> statement)
    {
        await _slots.WaitAsync();
        try
        {
            await statement();
        }
        finally
        {
            _slots.Release();
        }
    }
}
