using System.Text.Json.Nodes;
using TaskerCore.Orleans.LocalEnvironment;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace TaskerCore.Orleans.Deployment.Tests;

/// <summary>What stands in <c>docker/</c>.</summary>
internal static class DeploymentFiles
{
    /// <summary>The tag of an image: after the last colon that no slash follows. None, and <c>latest</c>, is another image tomorrow.</summary>
    public static bool IsPinned(string image) =>
        image.Contains("@sha256:", StringComparison.Ordinal)
        || (image[(image.LastIndexOf('/') + 1)..].Split(':') is [_, var tag] && tag.Any(char.IsAsciiDigit) && !tag.Contains("latest", StringComparison.Ordinal));

    /// <summary>The path of a file there.</summary>
    public static string PathOf(params string[] parts) => Repository.Path(["docker", .. parts]);

    /// <summary>Its text.</summary>
    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    /// <summary>A file of YAML, its merges (<c>&lt;&lt;</c>) resolved, every scalar a text.</summary>
    public static JsonNode Yaml(params string[] parts) => YamlOf(Read(parts));

    /// <summary>A text of YAML, as <see cref="Yaml"/> reads a file.</summary>
    public static JsonNode YamlOf(string text)
    {
        var content = new DeserializerBuilder().Build().Deserialize<object>(new MergingParser(new Parser(new StringReader(text))));
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(content))!;
    }

    /// <summary>The texts of a list; none where it is not there.</summary>
    public static IReadOnlyList<string> Texts(JsonNode? list) => [.. (list?.AsArray() ?? []).Select(item => item!.ToString())];

    /// <summary>The names and values of a map; none where it is not there.</summary>
    public static IReadOnlyDictionary<string, JsonNode?> Entries(JsonNode? map) =>
        (map?.AsObject() ?? []).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
}
