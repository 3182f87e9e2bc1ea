using Spectre.Console.Rendering;

namespace TaskerCore.Orleans.Cli.Printing;

/// <summary>Which columns fit in a width, and text cut or wrapped to one. Widths are in cells of a terminal.</summary>
internal static class Columns
{
    public const int Gap = 2;

    private const char Ellipsis = '\u2026';

    /// <summary>Which columns are shown: the ones whose rank is highest are left out first, until the rest fits.</summary>
    /// <param name="rows">The cells, headings included.</param>
    /// <param name="ranks">One rank a column; 0 is always shown.</param>
    /// <param name="width">The width.</param>
    public static IReadOnlyList<int> ThatFit(IReadOnlyList<IReadOnlyList<string>> rows, IReadOnlyList<int> ranks, int width)
    {
        var shown = Enumerable.Range(0, ranks.Count).ToList();
        var widths = Widths(rows, ranks.Count);
        while (shown.Sum(column => widths[column] + Gap) - Gap > width && shown.MaxBy(column => ranks[column]) is var last && ranks[last] > 0)
        {
            shown.Remove(last);
        }

        return shown;
    }

    /// <summary>The widest cell of each column.</summary>
    public static int[] Widths(IReadOnlyList<IReadOnlyList<string>> rows, int columns) =>
        [.. Enumerable.Range(0, columns).Select(column => rows.Count == 0 ? 0 : rows.Max(row => Width(row[column])))];

    public static int Width(string text) => text.All(char.IsAscii) ? text.Length : new Segment(text).CellCount();

    /// <summary>The text in exactly that many cells: cut, with a mark, or filled with spaces.</summary>
    public static string Fit(string text, int width) => Cut(text, width) is var cut ? cut + new string(' ', Math.Max(0, width - Width(cut))) : string.Empty;

    /// <summary>The text in at most that many cells.</summary>
    public static string Cut(string text, int width)
    {
        if (Width(text) <= width)
        {
            return text;
        }

        var (cut, cells) = (new System.Text.StringBuilder(), 0);
        foreach (var rune in text.EnumerateRunes())
        {
            cells += Width(rune.ToString());
            if (cells > width - 1)
            {
                break;
            }

            cut.Append(rune);
        }

        return width > 0 ? cut.Append(Ellipsis).ToString() : string.Empty;
    }

    /// <summary>The text in lines of at most that many cells, broken between words; a word is broken only where no line would hold it.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = string.Empty;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var rest = word;
            if (line.Length > 0 && Width(line) + 1 + Width(rest) <= width)
            {
                line = $"{line} {rest}";
                continue;
            }

            if (line.Length > 0)
            {
                yield return line;
            }

            while (Width(rest) > width && width > 1)
            {
                var part = Cut(rest, width + 1)[..^1];
                yield return part;
                rest = rest[part.Length..];
            }

            line = rest;
        }

        if (line.Length > 0)
        {
            yield return line;
        }
    }
}
