using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Grains.Storage;

/// <summary>States in rows: by name, so that no numbering is stored. Rows of the first format have numbers.</summary>
internal sealed class StoredStateConverter : JsonConverter<BreakerState>
{
    /// <summary>What the numbers of the first format mean, which are not those of the enumeration.</summary>
    internal static readonly ImmutableArray<BreakerState> FirstFormat =
        [BreakerState.Closed, BreakerState.Open, BreakerState.HalfOpen, BreakerState.ForcedOpen, BreakerState.ForcedClosed];

    public override BreakerState Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            var number = reader.GetInt32();
            return number >= 0 && number < FirstFormat.Length ? FirstFormat[number] : throw new JsonException($"Unknown state {number}.");
        }

        return Of(reader.GetString());
    }

    public override void Write(Utf8JsonWriter writer, BreakerState value, JsonSerializerOptions options) => writer.WriteStringValue(SnakeCase.Of(value));

    internal static BreakerState Of(string? name)
    {
        foreach (var state in FirstFormat)
        {
            if (SnakeCase.Of(state) == name)
            {
                return state;
            }
        }

        throw new JsonException($"Unknown state '{name}'.");
    }
}

/// <summary>The time in each state in rows: by the state's name. Rows of the first format have a list.</summary>
internal sealed class StoredTimesConverter : JsonConverter<ImmutableArray<TimeSpan>>
{
    public override ImmutableArray<TimeSpan> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var times = new TimeSpan[StoredStateConverter.FirstFormat.Length];
        var most = 0;
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            var list = JsonSerializer.Deserialize<TimeSpan[]>(ref reader, options) ?? [];
            foreach (var (index, time) in list.Take(times.Length).Index())
            {
                times[(int)StoredStateConverter.FirstFormat[index]] = time;
            }

            most = list.Length;
        }
        else
        {
            var named = JsonSerializer.Deserialize<Dictionary<string, TimeSpan>>(ref reader, options) ?? [];
            foreach (var (name, time) in named)
            {
                times[(int)StoredStateConverter.Of(name)] = time;
            }

            most = named.Count;
        }

        return most == 0 ? [] : [.. times];
    }

    public override void Write(Utf8JsonWriter writer, ImmutableArray<TimeSpan> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        for (var state = 0; state < value.Length; state++)
        {
            writer.WritePropertyName(SnakeCase.Of((BreakerState)state));
            JsonSerializer.Serialize(writer, value[state], options);
        }

        writer.WriteEndObject();
    }
}
