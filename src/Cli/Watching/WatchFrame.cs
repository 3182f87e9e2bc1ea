using System.Globalization;
using TaskerCore.Orleans.Cli.Printing;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Watching;

/// <summary>Draws a <see cref="WatchView"/>: as many lines as the terminal has rows, each as wide as it at most.</summary>
internal sealed class WatchFrame(WatchView view, Uri server, DateTimeOffset now, int width, int height)
{
    private const int MaxStory = 5;
    private const int LeastForStory = 14;
    private const int LeastName = 16;

    private static readonly string[] Headings = ["NAME", "STATE", "SINCE", "NEXT", "CALLS", "FAILED", "REJECTED"];

    /// <summary>What goes first where the terminal is narrow.</summary>
    private static readonly int[] Ranks = [0, 0, 1, 2, 3, 4, 5];

    /// <summary>All lines.</summary>
    public IReadOnlyList<ScreenLine> Draw()
    {
        var top = Top();
        var story = height >= LeastForStory ? Story() : [];
        var room = Math.Max(1, height - top.Count - story.Count - 1);
        ScreenLine[] body = [.. Body(room)];
        return
        [
            .. top,
            .. body,
            .. Enumerable.Repeat(ScreenLine.Empty, Math.Max(0, room - body.Length)),
            .. story,
            Keys(),
        ];
    }

    private IReadOnlyList<ScreenLine> Top()
    {
        var states = view.All.GroupBy(breaker => breaker.State).ToDictionary(group => group.Key, group => group.Count());
        var summary = string.Join(", ", BreakerStates.All.Where(states.ContainsKey).Select(state => $"{states[state].ToString(CultureInfo.InvariantCulture)} {state}"));
        return view.Fault is { } fault
            ? [.. Columns.Wrap(Shown.Line($"{fault} The table shows the last known state."), width).Take(3).Select(line => ScreenLine.Of(line, Ink.Red))]
            :
            [
                new(($"{server}  ", Ink.Plain), (Shown.Time(now, now), Ink.Dim)),
                new(($"{Shown.Count(view.All.Count, "breaker")}: {summary}", Ink.Plain), (view.Filter.Length == 0 ? string.Empty : $"; shown: {Shown.Number(view.Shown.Count)}", Ink.Yellow)),
            ];
    }

    private IEnumerable<ScreenLine> Body(int room)
    {
        if (view.Shown.Count == 0)
        {
            return [ScreenLine.Of(view.Filter.Length > 0 ? $"No name contains '{view.Filter}'. Esc shows all." : "There are no breakers yet.", Ink.Dim)];
        }

        string[][] cells = [.. view.Shown.Select(Cells)];
        string[][] all = [Headings, .. cells];

        // The name gives way to all else, down to so many cells.
        string[][] shortened = [.. all.Select(row => (string[])[Columns.Cut(row[0], LeastName), .. row.Skip(1)])];
        var columns = Columns.ThatFit(shortened, Ranks, width - 2);
        var widths = Columns.Widths(all, Headings.Length);
        widths[0] = Math.Max(1, Math.Min(widths[0], width - 2 - columns.Skip(1).Sum(column => widths[column] + Columns.Gap)));
        List<(int Row, ScreenLine Line)> lines = [];
        foreach (var (row, breaker) in view.Shown.Index())
        {
            lines.Add((row, Row(cells[row], columns, widths, breaker, row == view.Selected)));
            if (breaker.State != BreakerStates.Closed && Printing.Story.Cause(breaker.LastTransition) is { } cause)
            {
                lines.Add((row, ScreenLine.Of($"    {cause}{(breaker.Stored ? string.Empty : "; not stored yet")}", Ink.Dim)));
            }
        }

        var first = lines.FindIndex(line => line.Row == view.Selected);
        var last = lines.FindLastIndex(line => line.Row == view.Selected);
        var rows = Math.Max(1, room - 1);
        var from = Math.Clamp(last - rows + 1, 0, Math.Max(0, first));
        return
        [
            new((string.Join(new string(' ', Columns.Gap), columns.Select(column => Cell(Headings[column], widths, column))).Insert(0, "  "), Ink.Bold)),
            .. lines.Skip(from).Take(rows).Select(line => line.Line),
        ];
    }

    private string[] Cells(Breaker breaker)
    {
        var rate = view.Rates.Of(breaker.Name);
        return
        [
            Shown.Line(breaker.Name),
            breaker.State,
            breaker.Since is { } since ? Shown.Span(now - since) : Tables.Nothing,
            breaker.RemainingSeconds is { } wait ? Shown.Span(TimeSpan.FromSeconds(wait)) : Tables.Nothing,
            Count(breaker.Counts?.Calls, rate?.Calls),
            Count(breaker.Counts?.Failures, rate?.Failures),
            Count(breaker.Counts?.Rejected, rate?.Rejected),
        ];
    }

    private static string Count(long? total, double? rate) => total is null ? Tables.Nothing
        : rate is null ? Shown.Short(total.Value)
        : $"{Shown.Short(total.Value)} {Shown.Short(rate.Value)}/s";

    private static string Cell(string text, int[] widths, int column) =>
        column < 2 ? Columns.Fit(text, widths[column]) : new string(' ', Math.Max(0, widths[column] - Columns.Width(text))) + text;

    private static ScreenLine Row(string[] cells, IReadOnlyList<int> columns, int[] widths, Breaker breaker, bool isSelected)
    {
        const int stateColumn = 1;
        var gap = new string(' ', Columns.Gap);
        var ink = isSelected ? Ink.Bold : Ink.Plain;
        return new(
        [
            (isSelected ? "> " : "  ", ink),
            .. columns.Index().Select(column => (
                (column.Index == 0 ? string.Empty : gap) + Cell(cells[column.Item], widths, column.Item),
                column.Item == stateColumn ? InkOf(breaker.State) : ink)),
        ]);
    }

    private static Ink InkOf(string state) => state switch
    {
        BreakerStates.Closed or BreakerStates.ForcedClosed => Ink.Green,
        BreakerStates.HalfOpen => Ink.Yellow,
        _ => Ink.Red,
    };

    /// <summary>The selected breaker in sentences, and its numbers whole.</summary>
    private IReadOnlyList<ScreenLine> Story()
    {
        if (view.Selected < 0)
        {
            return [];
        }

        var breaker = view.Shown[view.Selected];
        var rate = view.Rates.Of(breaker.Name);
        var counts = breaker.Counts is not { } total ? null
            : $"calls {Whole(total.Calls, rate?.Calls)}, failed {Whole(total.Failures, rate?.Failures)}, rejected {Whole(total.Rejected, rate?.Rejected)}";
        var lines = Printing.Story.Of(breaker, now).Append(counts).OfType<string>().SelectMany(line => Columns.Wrap(line, width)).Take(MaxStory).Select(line => ScreenLine.Of(line));
        return [ScreenLine.Of(new string('-', width), Ink.Dim), .. lines];
    }

    private static string Whole(long total, double? rate) => Shown.Number(total) + (rate is { } known ? $" ({Shown.Short(known)}/s)" : string.Empty);

    private ScreenLine Keys() => view.IsTyping
        ? new(("filter: ", Ink.Bold), (view.Filter + "_", Ink.Yellow), ("   Enter keeps it, Esc shows all", Ink.Dim))
        : ScreenLine.Of(view.Filter.Length > 0 ? $"filter '{view.Filter}': Esc shows all   q quit   / filter" : "q quit   up/down select   / filter", Ink.Dim);
}
