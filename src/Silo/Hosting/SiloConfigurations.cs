using TaskerCore.Orleans.Configuration;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>What a silo offers and reports of its files. Files go by their names: where they lie is the silo's affair.</summary>
internal static class SiloConfigurations
{
    /// <summary>What it offers.</summary>
    public static OwnSettings Own(LoadedConfiguration loaded) => new(loaded.Configuration)
    {
        Environment = loaded.EnvironmentName,
        Ending = loaded.Ending.Given,
        EndingRequired = loaded.Ending.Required,
        LineMarks = [.. loaded.Inputs.All.SelectMany(input => ContentMarks.OfLines(input.Content, ConfigurationOffer.MaxLineMarks / loaded.Inputs.All.Count))],
        FileMarks = [.. loaded.Inputs.All.Select(input => ContentMarks.OfFile(input.Content))],
    };

    /// <summary>What it reports of an edit that it refuses: the first faults, each short enough for a message.</summary>
    public static ConfigurationRefusal Refusal(RefusedEdit refused) => new()
    {
        Since = refused.Since,
        Count = refused.Faults.Count,
        Faults = [.. RefusedReport.Named(refused.Faults).Take(SiloConfiguration.MaxFaults)
            .Select(fault => new ConfigurationProblem(Short(fault.Source), Short(fault.Path), Short(fault.Message)))],
    };

    private static string Short(string text) => text.Length <= SiloConfiguration.MaxLength ? text : text[..(SiloConfiguration.MaxLength - 3)] + "...";
}
