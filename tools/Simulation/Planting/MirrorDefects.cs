namespace TaskerCore.Orleans.Simulation.Planting;

/// <summary>Defects of the worker's side.</summary>
internal static class MirrorDefects
{
    private const string Mirror = "src/Client/Mirror/";

    public static IReadOnlyList<PlantedDefect> All { get; } =
    [
        new("An older snapshot is accepted", 50,
            new Edit(Mirror + "MirrorCore.cs", "if (!_heard || snapshot.IsNewerThan(_cluster)", "if (true || snapshot.IsNewerThan(_cluster)")),
        new("A worker stays local for ever", 50,
            new Edit(Mirror + "MirrorCore.Local.cs", "_alone = !_heard ||", "_alone |= !_heard ||")),
        new("Report numbers begin anew after a refusal", 50,
            new Edit(Mirror + "Outbox.cs", "        Acknowledged();\n        ForgetTold();", "        Acknowledged();\n        ForgetTold();\n        _number = 0;")),
        new("Local outcomes are reported as the cluster's", 50,
            new Edit(Mirror + "Outbox.cs", "Tallies = [.. (_tallies ?? [])", "Tallies = [.. (_tallies ?? []).Select(tally => tally with { Local = false })")),
        new("Local and other outcomes become one tally", 50,
            new Edit(Mirror + "Outbox.cs", "tally => tally.Local == part.Local && (tally.Local || (tally.Generation == part.Generation && tally.Late == part.Late))", "tally => tally.Generation == part.Generation && tally.Late == part.Late")),
        new("Outcomes that are not acknowledged are forgotten in local mode", 200,
            new Edit(Mirror + "MirrorCore.Local.cs", ", .. _outbox.Unacknowledged(_cluster.Generation)],", "],")),
        new("The report in flight is forgotten in local mode", 200,
            new Edit(Mirror + "Outbox.cs", ".. (InFlight?.Tallies ?? []).Concat(_tallies ?? [])", ".. (_tallies ?? [])")),
        new("The run that was acknowledged is forgotten in local mode", 200,
            new Edit(Mirror + "MirrorCore.cs", "                _acknowledgedRun = tally.Tally.RunAfter(_acknowledgedRun);", "                _acknowledgedRun = 0;")),
        new("A worker notices the silence late", 50,
            new Edit(Mirror + "MirrorCore.Local.cs", "_permits.SilentSince) + _run.Timings.Renewal", "_permits.SilentSince) + (_run.Timings.Renewal * 3)"),
            new Edit("src/Client/Session/SessionCore.cs", "_unansweredSince + timings.Renewal", "_unansweredSince + timings.Renewal * 3")),
        new("A refusal is never lifted", 100,
            new Edit(Mirror + "MirrorCore.cs", "        var wasRefused = Refusal is not null;\n        Refusal = null;", "        var wasRefused = Refusal is not null;\n        if (wasRefused)\n        {\n            return;\n        }\n")),
    ];
}
