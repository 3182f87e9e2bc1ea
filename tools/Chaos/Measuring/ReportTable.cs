using System.Globalization;

namespace TaskerCore.Orleans.Chaos.Measuring;

/// <summary>The reports as a table.</summary>
internal static class ReportTable
{
    public static void Write(IReadOnlyList<ScenarioReport> reports, TextWriter output)
    {
        string[][] rows =
        [
            ["scenario", "calls/s", "every worker rejects after", "leaked calls", "all agree after", "counters lost", "messages lost", "verdict"],
            .. reports.Select(report => new[]
            {
                $"{report.Number,2} {report.Name}",
                report.CallsPerSecond.ToString("0", CultureInfo.InvariantCulture),
                Time(report.EveryWorkerRejectsAfter),
                Number(report.LeakedCalls),
                Time(report.AllAgreeAfter),
                Number(report.CountersLost),
                Number(report.MessagesLost),
                report.Held ? "held" : "FAILED",
            }),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join(" | ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }

        foreach (var report in reports)
        {
            foreach (var note in report.Notes)
            {
                output.WriteLine($"{report.Number,2}: {note}");
            }

            foreach (var broken in report.Broken)
            {
                output.WriteLine($"{report.Number,2}: DID NOT HOLD: {broken}");
            }
        }
    }

    private static string Time(TimeSpan? time) => time switch
    {
        null => "-",
        { TotalSeconds: < 1 } brief => $"{brief.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms",
        { } longer => $"{longer.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s",
    };

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
