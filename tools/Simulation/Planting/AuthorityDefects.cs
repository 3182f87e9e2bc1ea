namespace TaskerCore.Orleans.Simulation.Planting;

/// <summary>Defects of the authority and of what it stores.</summary>
internal static class AuthorityDefects
{
    private const string Authority = "src/Grains/Authority/";
    private const string Storage = "src/Grains/Storage/";

    public static IReadOnlyList<PlantedDefect> All { get; } =
    [
        new("A retried report is counted twice", 150,
            new Edit(Authority + "AuthorityCore.cs", "if (report.Number > session.LastReport)", "if (report.Number >= session.LastReport)")),
        new("A row is written before it was read", 50,
            new Edit(Storage + "WriteBehind.cs", "public bool MayWrite { get; private set; }", "public bool MayWrite { get; private set; } = true;")),
        new("A new activation forgets what is stored", 100,
            new Edit(Authority + "AuthorityCore.Storage.cs", "if (stored is not null)\n        {\n            Adopt", "if (stored is not null && false)\n        {\n            Adopt")),
        new("An abandoned permit is never given back", 200,
            new Edit(Authority + "AuthorityCore.cs", "if (session.Permit is { } permit && session.Permits.IsGivenUp(session.LastPermit))", "if (session.Permit is { } permit && false)")),
        new("A seal is not checked", 50,
            new Edit(Authority + "AuthorityCore.cs", "|| !_sealer.IsValid(offer)", string.Empty)),
        new("What was counted before the store was read is lost", 100,
            new Edit(Authority + "AuthorityCore.Storage.cs", "machine.Restate(BreakerLedger.Of(stored.Machine)", "machine.Restate(BreakerLedger.Zero")),
        new("A failed write is not repeated", 200,
            new Edit(Storage + "WriteBehind.cs", "        _changed = true;\n        _urgent |= _urgentInFlight;", "")),
        new("A takeover in half-open is not announced, nor stored at once", 50,
            new Edit(Authority + "AuthorityCore.Storage.cs", "            _announced = stored.Machine.Generation;\n", "")),
        new("A new activation tells nobody what it is", 200,
            new Edit(Authority + "AuthorityCore.cs", "        _hubs.PushAll(now);\n", "")),
        new("A transition is stored with the totals only", 50,
            new Edit(Authority + "AuthorityCore.cs", "        _announced = machine.Generation;\n        _store.Changed(urgent: true);", "        _announced = machine.Generation;\n        _store.Changed(urgent: false);")),
        new("A stale attachment counts", 1000,
            new Edit(Authority + "HubLinks.cs", "attachment.Number <= _number)", "attachment.Number < 0)")),
        new("A transition is pushed with the pause of a revision", 200,
            new Edit(Authority + "HubLinks.cs", "Durations.Max(TryAt, _pushedAt + RevisionPause) : TryAt;", "Durations.Max(TryAt, _pushedAt + RevisionPause) : TryAt + TimeSpan.FromSeconds(1);")),
        new("Counts are lost at deactivation", 200,
            new Edit(Authority + "AuthorityCore.Storage.cs", "now, atOnce: true)", "now, atOnce: false)")),
        new("Settings that changed while no authority lived are never asked for", 100,
            new Edit(Authority + "AuthorityCore.cs", "AskPolicy = _askingPolicy.TryBegin(now),", "AskPolicy = _askingPolicy.TryBegin(now) && false,")),
    ];
}
