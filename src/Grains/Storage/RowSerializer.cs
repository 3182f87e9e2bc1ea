using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;

namespace TaskerCore.Orleans.Grains.Storage;

/// <summary>Rows are plain JSON, readable in psql and free of type names, so that they outlive every rename.</summary>
internal static class RowSerializer
{
    public static IGrainStorageSerializer Make()
    {
        var options = new SystemTextJsonGrainStorageSerializerOptions();
        options.JsonSerializerOptions.IgnoreReadOnlyProperties = true;
        options.JsonSerializerOptions.Converters.Add(new StoredStateConverter());
        options.JsonSerializerOptions.Converters.Add(new StoredTimesConverter());
        return new SystemTextJsonGrainStorageSerializer(Options.Create(options));
    }
}
