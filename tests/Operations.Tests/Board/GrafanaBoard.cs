using System.Text.Json.Nodes;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Operations.Tests.Board;

/// <summary>A query of the board.</summary>
internal sealed record BoardQuery(string Panel, string Expression, string DataSource);

/// <summary>The board that ships.</summary>
internal static class GrafanaBoard
{
    public static JsonNode Json { get; } = JsonNode.Parse(File.ReadAllText(Repository.Path("docker", "grafana", "taskercore.json")))!;

    public static IReadOnlyList<JsonNode> Panels { get; } = [.. Json["panels"]!.AsArray().Select(panel => panel!)];

    public static IReadOnlyList<JsonNode> Variables { get; } = [.. Json["templating"]!["list"]!.AsArray().Select(variable => variable!)];

    public static IReadOnlyList<BoardQuery> Queries { get; } =
    [
        .. Panels.SelectMany(panel => (panel["targets"]?.AsArray() ?? []).Select(target =>
            new BoardQuery(Text(panel["title"]), Text(target!["expr"]), Text(target["datasource"]!["uid"])))),
    ];

    public static string Text(JsonNode? node) => node!.GetValue<string>();
}
