using System.Globalization;
using System.Text.Json.Serialization;

namespace TaskerCore.Orleans.Benchmarks.Reporting;

/// <summary>One line of the report: what was measured beside what, what was to be reached, and what was.</summary>
/// <param name="Row">The row of the table that it belongs to.</param>
/// <param name="Measured">What was measured.</param>
/// <param name="Beside">The peer or the limit, measured in the same run; empty: none.</param>
/// <param name="Reach">What was to be reached; empty: nothing was asked.</param>
/// <param name="Reached">The figure that is judged.</param>
/// <param name="Holds">Whether the figure is within reach; null where nothing was asked.</param>
/// <param name="Details">The figures behind it.</param>
internal sealed record Finding(int Row, string Measured, string Beside, string Reach, string Reached, bool? Holds, string Details)
{
    /// <summary>The verdict in a word.</summary>
    [JsonIgnore]
    public string Verdict => Holds switch { true => "reached", false => "MISSED", null => "" };
}

/// <summary>A plot: series over an axis that both peers share.</summary>
/// <param name="File">Its file name, without an ending.</param>
/// <param name="Title">What it shows.</param>
/// <param name="X">The label of the shared axis.</param>
/// <param name="Y">The label of the measured axis.</param>
/// <param name="LogarithmicX">Whether the shared axis is logarithmic.</param>
/// <param name="LogarithmicY">Whether the measured axis is.</param>
/// <param name="Series">The curves.</param>
internal sealed record Chart(string File, string Title, string X, string Y, bool LogarithmicX, bool LogarithmicY, IReadOnlyList<ChartSeries> Series);

/// <summary>A curve.</summary>
internal sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points);

/// <summary>A point of a curve.</summary>
internal sealed record ChartPoint(double X, double Y);

/// <summary>A bar chart: one group per category, one bar per series.</summary>
internal sealed record BarChart(string File, string Title, string Y, IReadOnlyList<string> Categories, IReadOnlyList<BarSeries> Series);

/// <summary>One peer's bars.</summary>
internal sealed record BarSeries(string Name, IReadOnlyList<double> Values);

/// <summary>What a run has found, to be told and stored.</summary>
internal sealed class Findings
{
    private readonly List<Finding> _all = [];

    public IReadOnlyList<Finding> All => _all;

    public List<Chart> Charts { get; } = [];

    public List<BarChart> BarCharts { get; } = [];

    public void Add(Finding finding) => _all.Add(finding);
}

/// <summary>Figures as text, the same everywhere.</summary>
internal static class Figures
{
    public static string Nanoseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} ns");

    public static string Milliseconds(TimeSpan value) => string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:0.00} ms");

    public static string Seconds(TimeSpan value) => string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds:0.00} s");

    public static string Ratio(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.000}");

    public static string Number(double value) => value.ToString(value >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture);

    /// <summary>The value below which the given part of all lies; the values must be sorted.</summary>
    public static T Quantile<T>(IReadOnlyList<T> sorted, double part) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * part))];
}
