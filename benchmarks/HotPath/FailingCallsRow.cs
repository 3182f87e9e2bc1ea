using TaskerCore.Orleans.Benchmarks.Reporting;

namespace TaskerCore.Orleans.Benchmarks.HotPath;

/// <summary>Row 4.</summary>
internal sealed class FailingCallsRow : Row
{
    private const double ReachNanoseconds = 1000;

    public override int Number => 4;

    public override string Name => "a failing call, closed";

    public override async Task MeasureAsync(Plan plan, Findings findings, CancellationToken cancellationToken)
    {
        var results = await HotPathRun.RunAsync<FailingCalls>(plan, cancellationToken);
        foreach (var (form, name) in ((string, string)[])[("Result", "told by result"), ("Exception", "told by exception")])
        {
            var (bare, polly, ours) = (results[form + "_Bare"], results[form + "_Polly"], results[form + "_Ours"]);
            var paid = ours.Nanoseconds - bare.Nanoseconds;
            findings.Add(new(
                Number,
                $"failing call, closed, {name}",
                "Polly",
                "the caller pays ≤ 1 µs",
                $"{Figures.Nanoseconds(paid)} (Polly {Figures.Nanoseconds(polly.Nanoseconds - bare.Nanoseconds)})",
                paid <= ReachNanoseconds,
                $"bare {Figures.Nanoseconds(bare.Nanoseconds)}, Polly {polly}, this {ours}"));
        }

        // The call by result that makes the reports is paid there too.
        var beside = results["Exception_BareBesideReports"].Nanoseconds - (results["Result_Ours"].Nanoseconds - results["Result_Bare"].Nanoseconds);
        var ownThread = results["Exception_Ours"].Nanoseconds - beside;
        findings.Add(new(
            Number,
            "the same, beside a bare throw with as many reports on their way",
            "the bare throw",
            "the caller pays ≤ 1 µs",
            Figures.Nanoseconds(ownThread),
            ownThread <= ReachNanoseconds,
            $"a bare throw {Figures.Nanoseconds(results["Exception_Bare"].Nanoseconds)}, beside the reports {Figures.Nanoseconds(beside)}"));
    }
}
