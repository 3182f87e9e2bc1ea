using System.Text.Json;

namespace TaskerCore.Orleans.Cli.Shell;

/// <summary>JSON as the silo's HTTP API has it: snake_case.</summary>
internal static class Json
{
    /// <summary>Reads answers and writes reports. What a constructor asks for must be there, so that not everything passes for an answer.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private static readonly JsonSerializerOptions Indented = new(Options) { WriteIndented = true };

    /// <summary>Over several lines, for people; characters beyond ASCII are escaped, so that none of them moves a cursor.</summary>
    public static string Indent(JsonElement value) => JsonSerializer.Serialize(value, Indented);

    /// <summary>On one line.</summary>
    public static string Line(JsonElement value) => JsonSerializer.Serialize(value, Options);

    /// <summary>A report of our own as JSON.</summary>
    public static JsonElement Of<T>(T value) => JsonSerializer.SerializeToElement(value, Options);
}
