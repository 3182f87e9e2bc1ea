using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Configuration;

namespace TaskerCore.Orleans.Cli.Printing;

/// <summary>What people see. An empty cell is a <c>-</c>, so that columns can be counted.</summary>
internal static class Tables
{
    private const string Nothing = "-";

    /// <summary>Narrower terminals are shown no counts.</summary>
    private const int Wide = 100;

    public static Table Breakers(IEnumerable<Breaker> breakers, DateTimeOffset now, int width)
    {
        var isWide = width >= Wide;
        string[] counted = ["CALLS", "FAILED", "REJECTED", "WORKERS"];
        var table = Make(["NAME", "STATE", "SINCE", "NEXT", .. isWide ? counted : [], "NOTE"]);
        foreach (var breaker in breakers)
        {
            long?[] counts = [breaker.Counts?.Calls, breaker.Counts?.Failures, breaker.Counts?.Rejected, breaker.Workers];
            Add(
                table,
                [
                    Cell(breaker.Name),
                    StateCell(breaker.State),
                    Cell(breaker.Since is { } since ? Shown.Span(now - since) : null),
                    Cell(breaker.RetryAfterSeconds is { } wait ? Shown.Span(TimeSpan.FromSeconds(wait)) : null),
                    .. counts.Where(_ => isWide).Select(count => Cell(count is { } number ? Shown.Number(number) : null)),
                    Cell(Note(breaker)),
                ]);
        }

        return table;
    }

    /// <summary>All fields of an answer, those within others by their path.</summary>
    public static Table Fields(JsonElement answer)
    {
        var table = Make("FIELD", "VALUE");
        AddFields(table, string.Empty, answer);
        return table;
    }

    public static Table Transitions(IEnumerable<Transition> transitions)
    {
        var table = Make("AT", "FROM", "TO", "CAUSE", "BY", "REASON");
        foreach (var transition in transitions)
        {
            Add(
                table,
                Cell(Shown.Instant(transition.At)),
                StateCell(transition.From),
                StateCell(transition.To),
                Cell(transition.Cause),
                Cell(transition.Actor ?? transition.Worker),
                Cell(transition.Reason));
        }

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
                JsonValueKind.String => value.GetString(),
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

    private static string? Note(Breaker breaker) =>
        !breaker.Answering ? "does not answer"
        : !breaker.Used ? "never used"
        : !breaker.Stored ? "not stored yet"
        : breaker.ConsecutiveFailures > 0 ? $"{Shown.Number(breaker.ConsecutiveFailures)} failures in a row"
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

    private static Text StateCell(string state) => Cell(state, new Style(foreground: state switch
    {
        BreakerStates.Closed or BreakerStates.ForcedClosed => Color.Green,
        BreakerStates.HalfOpen => Color.Yellow,
        _ => Color.Red,
    }));
}
