using Spectre.Console;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Printing;

/// <summary>A history, oldest first: a row per transition where that fits, else a short line and what it says under it.</summary>
internal static class HistoryTable
{
    private const int Indent = 4;
    private static readonly string[] Headings = ["AGE", "AT", "FROM", "TO", "CAUSE", "BY", "TTL", "REASON"];
    private static readonly int[] AllShown = new int[Headings.Length];

    public static void Write(IAnsiConsole console, IReadOnlyList<Transition> transitions, DateTimeOffset now)
    {
        string[][] rows = [.. transitions.SelectMany(transition => Rows(transition, now))];
        var isWide = Columns.Widths([Headings, .. rows], Headings.Length).Sum(width => width + Columns.Gap) - Columns.Gap <= console.Profile.Width;
        if (transitions.Count == 0)
        {
            console.WriteLine("No transitions yet.");
        }
        else if (isWide)
        {
            console.Write(Tables.Rows(Headings, rows, AllShown, console.Profile.Width));
        }
        else
        {
            WriteNarrow(console, transitions, now);
        }
    }

    /// <summary>What a gap is called.</summary>
    public static string Describe(Gap gap) => gap.Missing is { } missing
        ? $"gap: {Shown.Count(missing, "transition")} missing ({gap.From} before it, {gap.To} after it)"
        : $"gap: transitions are missing ({gap.From} before it, {gap.To} after it)";

    private static IEnumerable<string[]> Rows(Transition transition, DateTimeOffset now)
    {
        if (transition.GapBefore is { } gap)
        {
            yield return ["-", "-", gap.From, gap.To, gap.Missing is { } missing ? $"gap:{Shown.Number(missing)}" : "gap", "-", "-", "transitions are missing: a silo stopped before it stored them"];
        }

        yield return
        [
            Shown.Ago(now - transition.At),
            Shown.Instant(transition.At),
            transition.From,
            transition.To,
            transition.Cause,
            transition.By ?? Tables.Nothing,
            transition.TtlSeconds is { } ttl ? Shown.Span(TimeSpan.FromSeconds(ttl)) : Tables.Nothing,
            transition.Reason ?? Tables.Nothing,
        ];
    }

    private static void WriteNarrow(IAnsiConsole console, IReadOnlyList<Transition> transitions, DateTimeOffset now)
    {
        var width = console.Profile.Width;
        var ages = transitions.Max(transition => Shown.Ago(now - transition.At).Length);
        foreach (var transition in transitions)
        {
            if (transition.GapBefore is { } gap)
            {
                Lines(console, $"-- {Describe(gap)} --", Color.Yellow, indent: 0, width);
            }

            var head = $"{Shown.Ago(now - transition.At).PadLeft(ages)}  {transition.From} -> ";
            console.Write(new Text(head));
            console.Write(new Text(Shown.Line(transition.To), new Style(Tables.ColorOf(transition.To))));
            var why = Shown.Line(Story.Cause(transition)!);
            if (Columns.Width(head + transition.To) + Columns.Gap + Columns.Width(why) <= width)
            {
                console.WriteLine("  " + why);
            }
            else
            {
                console.WriteLine();
                Lines(console, why, Color.Default, Indent, width);
            }
        }
    }

    private static void Lines(IAnsiConsole console, string text, Color color, int indent, int width)
    {
        foreach (var line in Columns.Wrap(Shown.Line(text), Math.Max(1, width - indent)))
        {
            console.Write(new Text(new string(' ', indent) + line + "\n", new Style(color)));
        }
    }
}
