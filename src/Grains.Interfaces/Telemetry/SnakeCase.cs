using System.Collections.Frozen;
using System.Text.Json;

namespace TaskerCore.Orleans.Grains.Interfaces.Telemetry;

/// <summary>Enumerations as they are written for those outside, in the HTTP API and in metrics: <c>half_open</c>.</summary>
internal static class SnakeCase
{
    /// <summary>The value's name; of a value without one, its number.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Names<T>.All.TryGetValue(value, out var name) ? name : value.ToString();

    private static class Names<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> All =
            Enum.GetValues<T>().ToFrozenDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));
    }
}
