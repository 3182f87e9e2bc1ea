using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace TaskerCore.Orleans.Benchmarks.Reporting;

/// <summary>Stores a run: the table as Markdown, the findings as JSON, the charts as SVG.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the report into a folder; rows of an earlier one that this run has not measured stay as they are.</summary>
    public static void Write(string folder, Findings findings, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "findings.json");
        var measured = findings.All.Select(finding => finding.Row).ToHashSet();
        Finding[] earlier = File.Exists(path) ? JsonSerializer.Deserialize<Finding[]>(File.ReadAllText(path), Json)! : [];
        Finding[] all = [.. earlier.Where(finding => !measured.Contains(finding.Row)).Concat(findings.All).OrderBy(finding => finding.Row)];
        File.WriteAllText(path, JsonSerializer.Serialize(all, Json) + "\n");
        File.WriteAllText(Path.Combine(folder, "report.md"), string.Create(CultureInfo.InvariantCulture, $"""
            # What was measured

            By `eng/bench.sh`, last on {time.GetUtcNow():yyyy-MM-dd} ({string.Join(", ", measured.Order().Select(row => $"row {row}"))}), on {Environment.ProcessorCount} cores for everything: the peers, the silos, the
            workers and Postgres. {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {ProcessorName()}.
            What each figure means: [performance.md](../../docs/performance.md).

            {FindingsTable.Markdown(all)}
            """));
        foreach (var chart in findings.Charts)
        {
            Plots.Save(chart, folder);
        }

        foreach (var chart in findings.BarCharts)
        {
            Plots.Save(chart, folder);
        }
    }

    private static string ProcessorName() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "processor unknown";
}
