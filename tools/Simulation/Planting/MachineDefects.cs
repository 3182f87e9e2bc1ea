namespace TaskerCore.Orleans.Simulation.Planting;

/// <summary>Defects of the rules, and of what they are told in.</summary>
internal static class MachineDefects
{
    private const string Machine = "src/Grains.Interfaces/Machine/";
    private const string Model = "src/Grains.Interfaces/Model/";

    public static IReadOnlyList<PlantedDefect> All { get; } =
    [
        new("No lease expires", 100,
            new Edit(
                Machine + "ProbeLeases.cs",
                "_outstanding.Count == 0 ? null : _outstanding.Min(lease => lease.ExpiresAt)",
                "null"),
            new Edit(Machine + "BreakerMachine.Rules.cs", "_probes.Expire(now.Elapsed);", ";")),
        new("Generations are compared by number alone", 50,
            new Edit(
                Model + "BreakerSnapshot.cs",
                "return Generation == other.Generation",
                "return Generation.Number == other.Generation.Number"),
            new Edit(
                Model + "Lineage.cs",
                "if (tip.Incarnation == generation.Incarnation)",
                "if (tip.Number >= generation.Number)")),
        new("A takeover in half-open keeps its generation", 300,
            new Edit(Machine + "BreakerMachine.Takeover.cs", "else if (state == BreakerState.HalfOpen)", "else if (false)")),
        new("The minimum interval is ignored on half-open", 50,
            new Edit(Machine + "BreakerMachine.Rules.cs", "if (HalfOpenIsDecided && MayTransition(now))", "if (HalfOpenIsDecided)")),
        new("Wall clocks are compared between hosts", 50,
            new Edit(
                Machine + "BreakerMachine.Takeover.cs",
                "        if (state.IsForced())\n        {\n            HoldUntil(hold, now);\n        }\n        else if",
                "        if (state == BreakerState.Open && _log.History.LastOrDefault() is { } last)\n        {\n            _enteredAt = now.Elapsed - (now.Utc - last.At);\n        }\n        if (state.IsForced())\n        {\n            HoldUntil(hold, now);\n        }\n        else if")),
        new("A TTL may grow with a wall clock", 300,
            new Edit(Model + "OperatorHold.cs", "Durations.Min(UntilUtc - utcNow, Ttl)", "UntilUtc - utcNow")),
        new("A forced state is lost on failover", 50,
            new Edit(Machine + "BreakerMachine.Takeover.cs", "        State = state;\n", "        State = state.IsForced() ? BreakerState.Closed : state;\n")),
        new("A late success closes", 200,
            new Edit(Machine + "BreakerMachine.cs", "var current = probe.Generation == found;", "var current = true;")),
        new("A worker's own run is broken by others' successes", 200,
            new Edit(
                Machine + "FailureRuns.cs", "Math.Max(tally.LongestAfter(Current), tally.LongestAfter(own))", "tally.LongestAfter(Current)")),
        new("More permits than the budget are given", 50,
            new Edit(Machine + "BreakerMachine.cs", "Policy.Settings.EffectiveMaxProbes - _probes.Outstanding", "Policy.Settings.EffectiveMaxProbes + 1 - _probes.Outstanding")),
        new("Activations issue the same revisions", 200,
            new Edit(Machine + "BreakerMachine.Takeover.cs", "((uint)_incarnation.GetHashCode() & ((1L << IssuerBits) - 1))", "0")),
        new("A merge takes the older command", 100,
            new Edit(Machine + "BreakerMachine.Takeover.cs", "(other.CommandNumber, other.State.MergePriority()).CompareTo((CommandNumber,", "(-other.CommandNumber, other.State.MergePriority()).CompareTo((-CommandNumber,")),
        new("Another session settles a permit", 150,
            new Edit(Machine + "ProbeLeases.cs", "lease.Id == id && lease.Holder.Session == session", "lease.Id == id")),
        new("A TTL is not armed after a takeover", 150,
            new Edit(
                Machine + "BreakerMachine.Takeover.cs",
                "closedByOthers: false, now.Elapsed);\n        if (state.IsForced())\n        {\n            HoldUntil(hold, now);",
                "closedByOthers: false, now.Elapsed);\n        if (state.IsForced())\n        {\n            Hold = hold;")),
        new("The minimum interval is counted from commands too", 50,
            new Edit(Machine + "BreakerMachine.Commands.cs", "        CommandNumber++;", "        CommandNumber++;\n        _lastAutomaticAt = _enteredAt;"),
            new Edit(
                Machine + "BreakerMachine.Commands.cs",
                "        Enter(BreakerState.Closed, cause, now, command: command);",
                "        Enter(BreakerState.Closed, cause, now, command: command);\n        _lastAutomaticAt = now.Elapsed;")),
        new("A window outlives its stay", 100,
            new Edit(Machine + "BreakerMachine.Rules.cs", "        _window.Clear();\n", "")),
        new("A run outlives its stay", 50,
            new Edit(Machine + "BreakerMachine.Rules.cs", "        _runs.Clear();\n", "")),
        new("Local outcomes count as the cluster's", 50,
            new Edit(Machine + "BreakerMachine.Isolation.cs", "=> !tally.Local && tally.Generation == generation;", "=> tally.Generation == generation;")),
        new("New settings begin the open timeout again", 50,
            new Edit(Machine + "BreakerMachine.cs", "            Policy = policy;\n            Revision", "            Policy = policy;\n            _enteredAt = now.Elapsed;\n            Revision")),
        new("New settings are told under the old revision", 50,
            new Edit(Machine + "BreakerMachine.cs", "            Policy = policy;\n            Revision = RevisionAfter(Revision);", "            Policy = policy;")),
        new("Nobody is told whether probes are free", 50,
            new Edit(Machine + "BreakerMachine.Rules.cs", "            Revision = RevisionAfter(Revision);", "            ;")),
        new("A lease is compared the wrong way round", 50,
            new Edit(Machine + "ProbeLeases.cs", "_outstanding.Where(lease => lease.ExpiresAt <= now)", "_outstanding.Where(lease => lease.ExpiresAt >= now)")),
        new("No alarm is set for the end of a lease", 100,
            new Edit(Machine + "BreakerMachine.cs", "BreakerState.HalfOpen => _probes.NextExpiry,", "BreakerState.HalfOpen => null,")),
        new("No alarm is set for the end of a TTL", 100,
            new Edit(Machine + "BreakerMachine.cs", "                _ => _holdEndsAt,", "                _ => null,")),
        new("A trip that waits is forgotten", 50,
            new Edit(Machine + "BreakerMachine.Rules.cs", "_waitingTrip ??= new(worker);", "_waitingTrip = null;")),
        new("One success beats a failed probe that waits", 200,
            new Edit(
                Machine + "BreakerMachine.Rules.cs",
                "            if (_probes.Failed is { } failed)",
                "            if (_probes.Successes == 0 && _probes.Failed is { } failed)")),
        new("A probe is admitted while a decision waits", 50,
            new Edit(Machine + "BreakerMachine.cs", "Policy.Enabled && !HalfOpenIsDecided", "Policy.Enabled")),
    ];
}
