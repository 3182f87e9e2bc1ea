using TaskerCore.Orleans.Cli.Shell;
using TaskerCore.Orleans.Configuration;

namespace TaskerCore.Orleans.Cli.Printing;

/// <summary>What an operator must see before any setting: that what is shown is not what the files say.</summary>
internal static class StandingLines
{
    private const string Refused = "refused";
    private const string Superseded = "superseded";
    private const int MostFaults = 10;

    /// <summary>The lines; none where all is in force.</summary>
    public static IEnumerable<string> Of(ConfigurationReport report)
    {
        if (report.Refused is { } refused)
        {
            yield return $"REFUSED: an edit of this silo's files has been refused since {Shown.Instant(refused.Since)}, with {Faults(refused.Count)}. The settings below are in force.";
            foreach (var line in Lines(refused))
            {
                yield return line;
            }
        }
        else if (report.State == Superseded)
        {
            yield return "SUPERSEDED: this silo's files are not in force; the files of " + (report.InForceFrom ?? "another silo") + " are"
                + (report.InForceSince is { } since ? $", since {Shown.Instant(since)}." : ".");
        }

        foreach (var silo in (report.Silos ?? []).Where(silo => !silo.This))
        {
            if (silo.State == Refused && silo.Refused is { } edit)
            {
                yield return $"REFUSED at silo {silo.Silo}: an edit of its files has been refused since {Shown.Instant(edit.Since)}, with {Faults(edit.Count)}.";
                foreach (var line in Lines(edit))
                {
                    yield return line;
                }
            }
            else if (silo.State == Superseded)
            {
                yield return $"SUPERSEDED at silo {silo.Silo}: its files are not in force.";
            }
        }

        if (report.DifferentEnvironments is { } different)
        {
            yield return $"ENVIRONMENTS DIFFER: {different}.";
        }
    }

    private static IEnumerable<string> Lines(RefusedReport refused)
    {
        foreach (var fault in refused.Faults.Take(MostFaults))
        {
            yield return $"- {fault}";
        }

        if (refused.Count > Math.Min(MostFaults, refused.Faults.Count))
        {
            yield return $"- and {refused.Count - Math.Min(MostFaults, refused.Faults.Count)} more";
        }
    }

    private static string Faults(int count) => count == 1 ? "1 fault" : $"{Shown.Number(count)} faults";
}
