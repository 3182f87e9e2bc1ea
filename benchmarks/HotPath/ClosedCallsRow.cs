using TaskerCore.Orleans.Benchmarks.Reporting;

namespace TaskerCore.Orleans.Benchmarks.HotPath;

/// <summary>Row 1.</summary>
internal sealed class ClosedCallsRow : Row
{
    private const double Reach = 0.2;
    private const double MeasuringReach = 0.5;

    public override int Number => 1;

    public override string Name => "one protected call, closed";

    public override async Task MeasureAsync(Plan plan, Findings findings, CancellationToken cancellationToken)
    {
        var results = await HotPathRun.RunAsync<ClosedCalls>(plan, cancellationToken);
        foreach (var (form, name) in ((string, string)[])
            [("Sync", "sync"), ("Async", "async that completes at once"), ("Result", "with result"), ("State", "with state argument")])
        {
            var (bare, polly) = (results[form + "_Bare"], results[form + "_Polly"]);
            var allowed = polly.Nanoseconds - bare.Nanoseconds;
            AddAtOnce($"closed call, {name}", results[form + "_Ours"], Reach);
            AddAtOnce($"closed call, {name}, slow-call measuring on", results[form + "_OursMeasuring"], MeasuringReach);

            void AddAtOnce(string what, Measured ours, double reach)
            {
                var ratio = (ours.Nanoseconds - bare.Nanoseconds) / allowed;
                findings.Add(new(
                    Number,
                    what,
                    "Polly's overhead",
                    $"≤ {reach} and 0 B",
                    $"{Figures.Ratio(ratio)} and {ours.Bytes} B",
                    ratio <= reach && ours.Bytes == 0,
                    Text(bare, polly, ours)));
            }
        }

        foreach (var (peer, name) in ((string, string)[])[("Ours", ""), ("OursMeasuring", ", slow-call measuring on")])
        {
            var (bare, polly, ours) = (results["Waiting_Bare"], results["Waiting_Polly"], results["Waiting_" + peer]);
            findings.Add(new(
                Number,
                "closed call that waits" + name,
                "Polly",
                "not above Polly in time or bytes",
                $"{Figures.Ratio(ours.Nanoseconds / polly.Nanoseconds)} of the time, {ours.Bytes} B to {polly.Bytes} B",
                ours.Nanoseconds <= polly.Nanoseconds && ours.Bytes <= polly.Bytes,
                Text(bare, polly, ours)));
        }

        string[] forms = ["Sync", "Async", "Result", "State", "Waiting"];
        findings.BarCharts.Add(new(
            "closed-call",
            "One protected call while closed",
            "ns",
            forms,
            [.. ((string, string)[])[("Bare", "the bare delegate"), ("Ours", "this project"), ("OursMeasuring", "this project, slow-call measuring on"), ("Polly", "Polly.Core")]
                is var peers ? peers.Select(peer => new BarSeries(peer.Item2, [.. forms.Select(form => results[$"{form}_{peer.Item1}"].Nanoseconds)])) : []]));
    }

    private static string Text(Measured bare, Measured polly, Measured ours) =>
        $"bare {Figures.Nanoseconds(bare.Nanoseconds)}, Polly {polly}, this {ours}";
}
