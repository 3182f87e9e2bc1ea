using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Shell;
using TaskerCore.Orleans.Configuration;

namespace TaskerCore.Orleans.Cli.Printing;

/// <summary>What people see. An empty cell is a <c>-</c>, so that columns can be counted.</summary>
internal static class Tables
{
    public const string Nothing = "-";

    private static readonly string[] BreakerHeadings = ["NAME", "STATE", "SINCE", "NEXT", "CALLS", "FAILED", "REJECTED", "WORKERS", "NOTE"];

    /// <summary>What goes first where a terminal is narrow: workers, then the note, then the counts.</summary>
    private static readonly int[] BreakerRanks = [0, 0, 0, 0, 2, 1, 3, 5, 4];

    public static Table Breakers(IEnumerable<Breaker> breakers, DateTimeOffset now, int width) => Rows(
        BreakerHeadings,
        [
            .. breakers.Select(breaker => new[]
            {
                breaker.Name,
                breaker.State,
                breaker.Since is { } since ? Shown.Span(now - since) : Nothing,
                breaker.RemainingSeconds is { } wait ? Shown.Span(TimeSpan.FromSeconds(wait)) : Nothing,
                Count(breaker.Counts?.Calls),
                Count(breaker.Counts?.Failures),
                Count(breaker.Counts?.Rejected),
                Count(breaker.Workers),
                Note(breaker) ?? Nothing,
            }),
        ],
        BreakerRanks,
        width);

    /// <summary>Rows of text, without the columns that do not fit. States have their colours.</summary>
    public static Table Rows(string[] headings, IReadOnlyList<string[]> rows, int[] ranks, int width)
    {
        string[][] shown = [headings, .. rows.Select(row => row.Select(cell => Shown.Line(cell)).ToArray())];
        var columns = Columns.ThatFit(shown, ranks, width);
        var table = Make(columns.Select(column => headings[column]));
        foreach (var row in shown.Skip(1))
        {
            Add(table, columns.Select(column => headings[column] is "STATE" or "FROM" or "TO" ? StateCell(row[column]) : Cell(row[column])));
        }

        return table;
    }

    /// <summary>The colour of a state.</summary>
    public static Color ColorOf(string state) => state switch
    {
        BreakerStates.Closed or BreakerStates.ForcedClosed => Color.Green,
        BreakerStates.HalfOpen => Color.Yellow,
        _ => Color.Red,
    };

    /// <summary>All fields of an answer, those within others by their path.</summary>
    public static Table Fields(JsonElement answer)
    {
        var table = Make("FIELD", "VALUE");
        AddFields(table, string.Empty, answer);
        return table;
    }

    public static Table Settings(IEnumerable<SettingReport> settings)
    {
        var table = Make("SETTING", "VALUE", "FROM", "SECTION");
        foreach (var setting in settings)
        {
            Add(
                table,
                Cell(setting.Key),
                Cell(setting.Value is JsonElement value ? value.GetRawText() : "off"),
                Cell(setting.Source ?? setting.Layer),
                Cell(setting.Section is "" ? "circuit_breakers" : setting.Section));
        }

        return table;
    }

    public static string Line(Summary summary) => string.Create(
        CultureInfo.InvariantCulture,
        $"{summary.Total} {(summary.Total == 1 ? "breaker" : "breakers")}: {summary.Closed} closed, {summary.Open} open, {summary.HalfOpen} half-open, {summary.ForcedOpen} forced open, {summary.ForcedClosed} forced closed; health {summary.HealthScore:0.00}");

    private static void AddFields(Table table, string path, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            var text = value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String when path.Length > 0 && value.TryGetDateTimeOffset(out var at) => Shown.Instant(at),
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number when !value.TryGetInt64(out _) => Shown.Rounded(value.GetDouble()),
                _ => value.GetRawText(),
            };
            Add(table, Cell(path), path == "state" ? StateCell(text ?? string.Empty) : Cell(text));
            return;
        }

        foreach (var property in value.EnumerateObject())
        {
            AddFields(table, path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value);
        }
    }

    private static string Count(long? number) => number is { } known ? Shown.Number(known) : Nothing;

    private static string? Note(Breaker breaker) =>
        !breaker.Answering ? "does not answer"
        : !breaker.Used ? "never used"
        : !breaker.Stored ? "not stored yet"
        : breaker.State != BreakerStates.Closed && Story.Cause(breaker.LastTransition) is { } cause ? cause
        : breaker.IsolatedWorker is { } isolated ? $"{isolated} is isolated"
        : breaker.ConsecutiveFailures > 0 ? $"{Shown.Count(breaker.ConsecutiveFailures, "failure")} in a row"
        : null;

    private static Table Make(params IEnumerable<string> headings)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))) { NoWrap = true, Padding = new Padding(0, 0, 2, 0) });
        }

        return table;
    }

    private static void Add(Table table, params IEnumerable<Text> cells) => table.AddRow(cells);

    private static Text Cell(string? text, Style? style = null) => new(text is { Length: > 0 } ? Shown.Line(text) : Nothing, style);

    private static Text StateCell(string state) => Cell(state, new Style(foreground: ColorOf(state)));
}
