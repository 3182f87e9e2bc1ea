using TaskerCore.Orleans.LocalEnvironment;
using YamlDotNet.RepresentationModel;

namespace TaskerCore.Orleans.Operations.Tests.Alerts;

/// <summary>An alert, as the rule file has it.</summary>
internal sealed record Alert(string Name, string Severity, IReadOnlyDictionary<string, string> Annotations);

/// <summary>One unit test of the rules: which alerts it asks for, and which of them it expects, with their severities.</summary>
internal sealed record RuleTest(string Name, IReadOnlySet<string> Asked, IReadOnlySet<(string Alert, string Severity)> Expected);

/// <summary>The rules that ship, and their unit tests.</summary>
internal static class AlertFiles
{
    public static string Folder { get; } = Repository.Path("docker", "prometheus");

    public static string RulesText { get; } = File.ReadAllText(Path.Combine(Folder, "alerts.yaml"));

    private static IReadOnlyList<YamlMappingNode> Rules { get; } =
        [.. Items(Root(RulesText), "groups").SelectMany(group => Items(group, "rules"))];

    /// <summary>Every expression, of alerts and of what is recorded for them.</summary>
    public static IReadOnlyList<string> Expressions { get; } = [.. Rules.Select(rule => Text(rule, "expr"))];

    public static IReadOnlyList<Alert> Alerts { get; } =
    [
        .. Rules.Where(rule => rule.Children.ContainsKey("alert")).Select(rule => new Alert(
            Text(rule, "alert"), Texts(rule, "labels").GetValueOrDefault("severity", ""), Texts(rule, "annotations"))),
    ];

    public static IReadOnlyList<RuleTest> Tests { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Folder, "tests"), "*.yaml").Select(File.ReadAllText).SelectMany(text => Items(Root(text), "tests")).Select(Test),
    ];

    private static RuleTest Test(YamlMappingNode test)
    {
        var questions = Items(test, "alert_rule_test");
        return new RuleTest(
            Text(test, "name"),
            questions.Select(question => Text(question, "alertname")).ToHashSet(StringComparer.Ordinal),
            questions
                .SelectMany(question => Items(question, "exp_alerts").Select(alert => (Text(question, "alertname"), Texts(alert, "exp_labels")["severity"])))
                .ToHashSet());
    }

    private static YamlMappingNode Root(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    private static IReadOnlyList<YamlMappingNode> Items(YamlMappingNode parent, string key) =>
        parent.Children.TryGetValue(key, out var items) ? [.. ((YamlSequenceNode)items).Children.Cast<YamlMappingNode>()] : [];

    private static Dictionary<string, string> Texts(YamlMappingNode parent, string key) =>
        parent.Children.TryGetValue(key, out var texts)
            ? ((YamlMappingNode)texts).Children.ToDictionary(text => $"{text.Key}", text => $"{text.Value}", StringComparer.Ordinal)
            : [];

    private static string Text(YamlMappingNode parent, string key) => $"{parent.Children[key]}";
}
