using Spectre.Console;

namespace TaskerCore.Orleans.Benchmarks.Reporting;

/// <summary>The findings as a table: for the terminal, and for Markdown.</summary>
internal static class FindingsTable
{
    private const int WidthOfFiles = 170;

    public static void Print(IEnumerable<Finding> findings)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthOfFiles;
        }

        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in (string[])["#", "measured", "beside", "reach", "reached", ""])
        {
            table.AddColumn(column);
        }

        foreach (var finding in findings)
        {
            var color = finding.Holds switch { true => "green", false => "red", null => "default" };
            table.AddRow(
                $"{finding.Row}",
                Markup.Escape(finding.Measured),
                Markup.Escape(finding.Beside),
                Markup.Escape(finding.Reach),
                Markup.Escape(finding.Reached),
                $"[{color}]{finding.Verdict}[/]");
        }

        AnsiConsole.Write(table);
    }

    public static string Markdown(IEnumerable<Finding> findings) => string.Join('\n',
    [
        "| # | measured | beside | reach | reached | | figures |",
        "|---|---|---|---|---|---|---|",
        .. findings.Select(finding =>
            $"| {finding.Row} | {finding.Measured} | {finding.Beside} | {finding.Reach} | {finding.Reached} | {finding.Verdict} | {finding.Details} |"),
        "",
    ]);
}
