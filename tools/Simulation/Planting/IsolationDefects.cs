namespace TaskerCore.Orleans.Simulation.Planting;

/// <summary>Defects of the isolation of a lone worker (S25a), of the hold (C12), and of what is late (C13).</summary>
internal static class IsolationDefects
{
    private const string Machine = "src/Grains.Interfaces/Machine/";
    private const string Mirror = "src/Client/Mirror/";

    public static IReadOnlyList<PlantedDefect> All { get; } =
    [
        new("A lone worker opens the circuit for all again and again", 100,
            new Edit(Machine + "LoneWorker.cs", "settings.IsolateLoneWorker\n        && Suspect is { } suspect", "false\n        && Suspect is { } suspect")),
        new("Of two workers that fail the last is isolated", 200,
            new Edit(Machine + "LatestWorkers.cs", "latest.At >= since && !(_before?.At >= since)", "latest.At >= since")),
        new("A run that another worker began is the suspect's alone", 200,
            new Edit(Machine + "LoneWorker.cs", "Durations.Min(_runSince ?? now, now - settings.Window)", "now - TimeSpan.FromTicks(1)")),
        new("A second worker that fails leaves the isolation as it is", 400,
            new Edit(Machine + "BreakerMachine.cs", "if (counts && Isolated is not null", "if (false && Isolated is not null")),
        new("An isolation outlives its worker", 2500,
            new Edit(Machine + "LoneWorker.cs", "Isolated is null ? null : _reportedAt + Memory", "Isolated is null ? null : _reportedAt + (Memory * 2)")),
        new("A worker that has recovered stays isolated", 200,
            new Edit(Machine + "BreakerMachine.Isolation.cs", "if (ownCircuit == BreakerState.Closed)", "if (false)")),
        new("A takeover forgets who is isolated", 800,
            new Edit(Machine + "BreakerMachine.Takeover.cs", "_lone.Adopt(isolated, suspect: null", "_lone.Adopt(null, suspect: null"),
            new Edit(Machine + "BreakerMachine.Takeover.cs", "if (stored.State == State && Isolated == stored.Isolated)", "if (stored.State == State)")),
        new("An isolated worker goes on by the cluster's word", 400,
            new Edit(Mirror + "MirrorCore.Local.cs", "if (IsIsolated)", "if (false)")),
        new("An isolation that has ended is not noticed", 400,
            new Edit(Mirror + "MirrorCore.Isolation.cs", "=> _cluster.IsolatedWorker is not null && _cluster.IsolatedKey == _run.Key;", "=> _wasIsolated |= _cluster.IsolatedWorker is not null && _cluster.IsolatedKey == _run.Key;\n\n    private bool _wasIsolated;")),
        new("A worker at the threshold is not held", 50,
            new Edit(Mirror + "MirrorCore.cs", "_ownRun >= enough && _outbox", "_ownRun > enough && _outbox")),
        new("A hold outlives its answer", 100,
            new Edit(Mirror + "Outbox.cs", "Unacknowledged(generation).Any(tally => tally.Tally.Failures > 0)", "true")),
        new("What is reported after the transition is late", 50,
            new Edit(Mirror + "MirrorCore.cs", "Late = retired && !part.Local", "Late = !part.Local")),
        new("A call that ended late is told as in time", 50,
            new Edit(Mirror + "MirrorCore.cs", "Late = retired && !part.Local", "Late = false && !part.Local")),
        new("A probe that ended late is told as in time", 400,
            new Edit(Mirror + "MirrorCore.Probes.cs", "Late = outcome.Generation != _cluster.Generation", "Late = false")),
        new("What is told as late is not counted as late", 50,
            new Edit(Machine + "BreakerMachine.cs", "late: tally.Late && !tally.Local && !current", "late: false")),
    ];
}
