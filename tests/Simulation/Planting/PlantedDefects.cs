namespace TaskerCore.Orleans.Simulation.Planting;

/// <summary>The defects that the simulator must find, each within its number of runs.</summary>
internal static class PlantedDefects
{
    private const string Machine = "src/Grains.Interfaces/Machine/";
    private const string Model = "src/Grains.Interfaces/Model/";
    private const string Authority = "src/Grains/Authority/";
    private const string Hubs = "src/Grains/Hubs/";
    private const string Storage = "src/Grains/Storage/";
    private const string Mirror = "src/Client/Mirror/";

    public static IReadOnlyList<PlantedDefect> All { get; } =
    [
        new("No lease expires", 400,
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
        new("An older snapshot is accepted", 50,
            new Edit(Mirror + "MirrorCore.cs", "if (!_heard || snapshot.IsNewerThan(_cluster)", "if (true || snapshot.IsNewerThan(_cluster)")),
        new("A retried report is counted twice", 100,
            new Edit(Authority + "AuthorityCore.cs", "if (report.Number > session.LastReport)", "if (report.Number >= session.LastReport)")),
        new("A row is written before it was read", 3000,
            new Edit(Storage + "WriteBehind.cs", "public bool MayWrite { get; private set; }", "public bool MayWrite { get; private set; } = true;")),
        new("A new activation forgets what is stored", 100,
            new Edit(Authority + "AuthorityCore.Storage.cs", "if (stored is not null)\n        {\n            TakeIn", "if (stored is not null && false)\n        {\n            TakeIn")),
        new("A takeover in half-open keeps its generation", 50,
            new Edit(Machine + "BreakerMachine.Takeover.cs", "else if (state == BreakerState.HalfOpen)", "else if (false)")),
        new("The minimum interval is ignored on half-open", 50,
            new Edit(Machine + "BreakerMachine.Rules.cs", "if (HalfOpenIsDecided && MayTransition(now))", "if (HalfOpenIsDecided)")),
        new("Wall clocks are compared between hosts", 50,
            new Edit(
                Machine + "BreakerMachine.Takeover.cs",
                "        if (state.IsForced())\n        {\n            HoldUntil(hold, now);\n        }\n        else if",
                "        if (state == BreakerState.Open && _log.History.LastOrDefault() is { } last)\n        {\n            _enteredAt = now.Elapsed - (now.Utc - last.At);\n        }\n        if (state.IsForced())\n        {\n            HoldUntil(hold, now);\n        }\n        else if")),
        new("A TTL may grow with a wall clock", 150,
            new Edit(Model + "OperatorHold.cs", "Durations.Min(UntilUtc - utcNow, Ttl)", "UntilUtc - utcNow")),
        new("A forced state is lost on failover", 50,
            new Edit(Machine + "BreakerMachine.Takeover.cs", "        State = state;\n", "        State = state.IsForced() ? BreakerState.Closed : state;\n")),
        new("A lost push is never made good", 400,
            new Edit(Hubs + "HubCore.cs", "return renewal.Sequence >= _sequence", "return true")),
        new("A late success closes", 400,
            new Edit(Machine + "BreakerMachine.cs", "var current = probe.Generation == found;", "var current = true;")),
        new("A worker's own run is broken by others' successes", 800,
            new Edit(
                Machine + "FailureRuns.cs", "Math.Max(tally.LongestAfter(Current), tally.LongestAfter(own))", "tally.LongestAfter(Current)")),
        new("A dead authority is never woken", 800,
            new Edit(
                Hubs + "HubBreaker.cs", ": Snapshot?.State is BreakerState.Closed ? HubTimings.Closed", ": Snapshot is not null ? TimeSpan.FromHours(1)"),
            new Edit(Hubs + "HubCore.cs", "var at = now.Elapsed + HubTimings.Recount;", "var at = now.Elapsed + TimeSpan.FromHours(1);"),
            new Edit(Mirror + "MirrorCore.cs", "_nextPoke = now.Elapsed + expected + _run.Timings.Renewal;", "_nextPoke = null;")),
        new("An abandoned permit is never given back", 600,
            new Edit(Authority + "AuthorityCore.cs", "if (session.Permit is { } permit && session.Permits.IsGivenUp(session.LastPermit))", "if (session.Permit is { } permit && false)")),
        new("More permits than the budget are given", 50,
            new Edit(Machine + "BreakerMachine.cs", "Policy.Settings.EffectiveMaxProbes - _probes.Outstanding", "Policy.Settings.EffectiveMaxProbes + 1 - _probes.Outstanding")),
        new("A seal is not checked", 50,
            new Edit(Authority + "AuthorityCore.cs", "|| !_sealer.IsValid(offer)", string.Empty)),
        new("What was counted before the store was read is lost", 2000,
            new Edit(Authority + "AuthorityCore.Storage.cs", "machine.Restate(BreakerLedger.Of(stored.Machine)", "machine.Restate(BreakerLedger.Zero")),
        new("A worker stays local for ever", 50,
            new Edit(Mirror + "MirrorCore.Local.cs", "else if (!silent)", "else if (false)")),
        new("Activations issue the same revisions", 8000,
            new Edit(Machine + "BreakerMachine.Takeover.cs", "((uint)_incarnation.GetHashCode() & ((1L << IssuerBits) - 1))", "0")),
        new("A merge takes the older command", 1000,
            new Edit(Machine + "BreakerMachine.Takeover.cs", "(other.CommandNumber, other.State.MergePriority()).CompareTo((CommandNumber,", "(-other.CommandNumber, other.State.MergePriority()).CompareTo((-CommandNumber,")),
        new("A failed write is not repeated", 4000,
            new Edit(Storage + "WriteBehind.cs", "        _changed = true;\n        _urgent |= _urgentInFlight;", "")),
    ];
}
