using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Directory;

/// <summary>What silos reported of their settings of late. It is not stored: a new directory has it again after one round of reports.</summary>
internal sealed class SiloReports
{
    /// <summary>How often a silo reports.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>How long a report is shown.</summary>
    public static readonly TimeSpan Lifetime = Interval * 4;

    /// <summary>More silos than any cluster has.</summary>
    private const int Most = 1000;

    private readonly SortedDictionary<string, (SiloConfiguration Report, TimeSpan At)> _reports = new(StringComparer.Ordinal);

    /// <summary>Takes a report in place of the silo's last one.</summary>
    public void Take(SiloConfiguration report, Moment now)
    {
        Forget(now);
        if (_reports.Count < Most || _reports.ContainsKey(report.Silo))
        {
            _reports[report.Silo] = (report, now.Elapsed);
        }
    }

    /// <summary>The last report of each silo that has reported of late.</summary>
    public ImmutableArray<SiloConfiguration> At(Moment now)
    {
        Forget(now);
        return [.. _reports.Values.Select(entry => entry.Report)];
    }

    private void Forget(Moment now)
    {
        foreach (var silo in _reports.Where(entry => now.Elapsed - entry.Value.At > Lifetime).Select(entry => entry.Key).ToList())
        {
            _reports.Remove(silo);
        }
    }
}
