namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>All scenarios that are played one by one.</summary>
internal static class ScenarioList
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new SiloKilled(),
    ];
}
