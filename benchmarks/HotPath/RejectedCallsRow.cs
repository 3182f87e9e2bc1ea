using TaskerCore.Orleans.Benchmarks.Reporting;

namespace TaskerCore.Orleans.Benchmarks.HotPath;

/// <summary>Row 3.</summary>
internal sealed class RejectedCallsRow : Row
{
    private const double Reach = 0.125;

    public override int Number => 3;

    public override string Name => "a rejection while open";

    public override async Task MeasureAsync(Plan plan, Findings findings, CancellationToken cancellationToken)
    {
        var results = await HotPathRun.RunAsync<RejectedCalls>(plan, cancellationToken);
        Add("rejection told by value (TryExecuteAsync)", "Polly's Outcome", "Value", Reach, $"≤ {Reach}");
        Add("rejection told by exception", "Polly's exception", "Exception", 1, "not above Polly");

        void Add(string what, string beside, string form, double reach, string reachText)
        {
            var (polly, ours) = (results[form + "_Polly"], results[form + "_Ours"]);
            var ratio = ours.Nanoseconds / polly.Nanoseconds;
            findings.Add(new(
                Number,
                what,
                beside,
                reachText,
                Figures.Ratio(ratio),
                ratio <= reach,
                $"Polly {polly}, this {ours}"));
        }
    }
}
