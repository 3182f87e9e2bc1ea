namespace TaskerCore.Orleans.Simulation.Planting;

/// <summary>Defects of the hubs.</summary>
internal static class HubDefects
{
    private const string Hubs = "src/Grains/Hubs/";
    private const string Mirror = "src/Client/Mirror/";

    public static IReadOnlyList<PlantedDefect> All { get; } =
    [
        new("A lost push is never made good", 400,
            new Edit(Hubs + "HubCore.cs", "return renewal.Sequence >= _sequence", "return true")),
        new("A dead authority is never woken", 800,
            new Edit(
                Hubs + "HubBreaker.cs", ": Snapshot?.State is BreakerState.Closed ? HubTimings.Closed", ": Snapshot is not null ? TimeSpan.FromHours(1)"),
            new Edit(Hubs + "HubCore.cs", "var at = now.Elapsed + HubTimings.Recount;", "var at = now.Elapsed + TimeSpan.FromHours(1);"),
            new Edit(Mirror + "MirrorCore.cs", "_nextPoke = now.Elapsed + expected + _run.Timings.Renewal;", "_nextPoke = null;")),
        new("A hub never asks again about what was refused", 100,
            new Edit(Hubs + "HubBreaker.cs", "Refusal is not null ? HubTimings.Refused", "Refusal is not null ? TimeSpan.FromHours(1)")),
    ];
}
