namespace TaskerCore.Orleans.Simulation.Planting;

/// <summary>Defects of the directory and of the spreading of settings.</summary>
internal static class DirectoryDefects
{
    private const string Core = "src/Grains/Directory/DirectoryCore.cs";

    public static IReadOnlyList<PlantedDefect> All { get; } =
    [
        new("Superseded settings come back when a silo starts with its old file", 50,
            new Edit(Core, "(edited || !_hashes.Contains(offer.ContentHash))", "(edited || true)")),
        new("An edit that is offered once more counts again", 200,
            new Edit(Core, "offer.Edited && !_edits.Contains(offer.Edit)", "offer.Edited")),
        new("Settings are not sent again to a breaker that did not take them", 200,
            new Edit("src/Grains/Directory/SettingsSpread.cs", "if (!taken && version == Version)", "if (!taken && version != Version)")),
        new("A number of settings that was never stored is used again", 600,
            new Edit(Core, "if (isForeign && ", "if (false && isForeign && ")),
        new("A merge forgets which settings were superseded in memory", 600,
            new Edit(Core, "if (hashes.Any(hash => !_hashes.Contains(hash)))", "if (false)")),
        new("A merge forgets the breakers that another directory admitted", 50,
            new Edit(Core, "        _created.UnionWith(stored.Created);\n", "")),
    ];
}
