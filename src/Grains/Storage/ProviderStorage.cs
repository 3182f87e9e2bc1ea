using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace TaskerCore.Orleans.Grains.Storage;

/// <summary>Rows in a provider of somebody else's: as one text, so that its serializer need not know our types. (The one that Orleans takes by
/// default fills what an object has already, and so would write into what all objects share.)</summary>
internal sealed class ProviderStorage(IGrainStorage provider) : IGrainStorage
{
    private readonly IGrainStorageSerializer _serializer = RowSerializer.Make();

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = Row(grainState);
        await provider.ReadStateAsync(stateName, grainId, row);
        Take(row, grainState);
        if (row is { RecordExists: true, State: { } text })
        {
            grainState.State = _serializer.Deserialize<T>(BinaryData.FromString(text.Json));
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = Row(grainState, _serializer.Serialize(grainState.State).ToString());
        await provider.WriteStateAsync(stateName, grainId, row);
        Take(row, grainState);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = Row(grainState);
        await provider.ClearStateAsync(stateName, grainId, row);
        Take(row, grainState);
    }

    private static GrainState<StoredText> Row<T>(IGrainState<T> state, string json = "") =>
        new(new StoredText { Json = json }, state.ETag) { RecordExists = state.RecordExists };

    private static void Take<T>(GrainState<StoredText> row, IGrainState<T> state) => (state.ETag, state.RecordExists) = (row.ETag, row.RecordExists);
}

/// <summary>A row of ours, as a provider of somebody else's keeps it.</summary>
[GenerateSerializer, Alias("tc.stored-text")]
internal sealed class StoredText
{
    [Id(0)] public string Json { get; set; } = string.Empty;
}
