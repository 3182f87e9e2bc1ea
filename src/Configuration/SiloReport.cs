using TaskerCore.Orleans.Grains.Interfaces.Telemetry;
using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Configuration;

/// <summary>Where one silo's own settings stand. Property names in snake_case are those of the HTTP API.</summary>
/// <param name="Silo">Its address.</param>
/// <param name="This">Whether it is the silo that was asked.</param>
/// <param name="Environment">The environment whose overlay it reads; null: its settings come from code.</param>
/// <param name="State"><c>in_force</c>, <c>superseded</c> or <c>refused</c>.</param>
/// <param name="Since">Since when; null: it is not known.</param>
/// <param name="By">The silo whose settings supersede its own; null: none, or it is not known.</param>
/// <param name="Refused">The edit that it refuses; null: none.</param>
internal sealed record SiloReport(string Silo, bool This, string? Environment, string? State, DateTimeOffset? Since, string? By, RefusedReport? Refused)
{
    public static SiloReport Of(SiloConfiguration silo, ConfigurationOverview overview, bool isThis)
    {
        var state = silo.StateIn(overview.ContentHash);
        return new(
            silo.Silo,
            isThis,
            silo.Environment,
            state is { } known ? SnakeCase.Of(known) : null,
            silo.Refused?.Since ?? overview.Since,
            state == ConfigurationState.Superseded ? overview.From : null,
            silo.Refused is { } refused
                ? new RefusedReport(refused.Since, refused.Count, [.. refused.Faults.Select(fault => new ConfigurationFault(fault.Source, fault.Path, fault.Message))])
                : null);
    }
}

/// <summary>An edit of a silo's files that is refused.</summary>
/// <param name="Since">When it was refused.</param>
/// <param name="Count">How many faults it has.</param>
/// <param name="Faults">Its faults, each with its place; files go by their names.</param>
internal sealed record RefusedReport(DateTimeOffset Since, int Count, IReadOnlyList<ConfigurationFault> Faults)
{
    public static RefusedReport Of(RefusedEdit refused) => new(refused.Since, refused.Faults.Count, Named(refused.Faults));

    /// <summary>Faults without the folders of their files: where they lie is the server's affair.</summary>
    public static IReadOnlyList<ConfigurationFault> Named(IReadOnlyList<ConfigurationFault> faults)
    {
        return [.. faults.Select(fault => fault with { Source = Name(fault.Source), Message = WithoutFolder(fault) })];

        static string Name(string source) => source[(source.LastIndexOf('/') + 1)..];

        static string WithoutFolder(ConfigurationFault fault) =>
            fault.Source.LastIndexOf('/') is > 0 and var end ? fault.Message.Replace(fault.Source[..(end + 1)], string.Empty, StringComparison.Ordinal) : fault.Message;
    }
}
