namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>The totals of a breaker while they grow (S14).</summary>
/// <remarks>They stop at <see cref="Most"/>: no honest fleet comes near it, and whoever reports absurd numbers must not make them
/// overflow. It leaves room to add up several ledgers.</remarks>
internal sealed class RunningTotals
{
    /// <summary>The most that is counted of anything; of durations in ticks: about three thousand years.</summary>
    public const long Most = 1_000_000_000_000_000_000;

    public CallCounts Value { get; private set; }

    public void Add(GenerationTally report, bool late)
    {
        var counts = report.Tally.Counts;
        Replace(Value + (counts with { Late = late ? counts.Calls : 0, Probes = report.LocalProbes }));
    }

    public void Add(ProbeOutcome probe, bool late)
    {
        var counts = CallCounts.Of(probe);
        Replace(Value + (counts with { Late = late ? counts.Calls : 0 }));
    }

    public void AddProbe() => Replace(Value + new CallCounts { Probes = 1 });

    public void Replace(CallCounts totals) => Value = totals.Clamp(Most, TimeSpan.FromTicks(Most));
}
