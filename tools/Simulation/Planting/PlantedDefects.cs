namespace TaskerCore.Orleans.Simulation.Planting;

/// <summary>The defects that the simulator must find, each within its number of runs.</summary>
internal static class PlantedDefects
{
    public static IReadOnlyList<PlantedDefect> All { get; } = [.. MachineDefects.All, .. AuthorityDefects.All, .. HubDefects.All, .. DirectoryDefects.All, .. MirrorDefects.All, .. IsolationDefects.All];
}
