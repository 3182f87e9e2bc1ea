using System.Text;

namespace TaskerCore.Orleans.Fleet.Live;

/// <summary>How a part of a line looks.</summary>
internal enum Ink
{
    /// <summary>As the terminal has it.</summary>
    Plain = 0,

    /// <summary>Less than plain: headings, zeros.</summary>
    Dim = 1,

    /// <summary>More than plain: names, keys.</summary>
    Bold = 2,

    /// <summary>Green: as it should be.</summary>
    Good = 3,

    /// <summary>Yellow: on its way.</summary>
    Warning = 4,

    /// <summary>Red: not as it should be.</summary>
    Bad = 5,
}

/// <summary>A part of a line.</summary>
internal readonly record struct Span(string Text, Ink Ink = Ink.Plain);

/// <summary>A line of the screen.</summary>
internal sealed record Line(params IReadOnlyList<Span> Spans)
{
    private const string Cut = "…";
    private const string Reset = "\u001b[0m";

    /// <summary>A line with nothing on it.</summary>
    public static Line Empty { get; } = new();

    /// <summary>The line without its looks.</summary>
    public string Text => string.Concat(Spans.Select(span => span.Text));

    /// <summary>The line where it fits into a width, else its beginning and an ellipsis.</summary>
    public Line Fit(int width)
    {
        if (Text.Length <= width)
        {
            return this;
        }

        var (kept, left) = (new List<Span>(), width - Cut.Length);
        foreach (var span in Spans)
        {
            kept.Add(span with { Text = span.Text[..Math.Min(span.Text.Length, Math.Max(left, 0))] });
            left -= span.Text.Length;
        }

        kept.Add(new Span(Cut, Ink.Dim));
        return new Line([.. kept]);
    }

    /// <summary>The line with the codes that a terminal colours by.</summary>
    public string ToAnsi()
    {
        var text = new StringBuilder();
        foreach (var span in Spans)
        {
            var code = Code(span.Ink);
            text.Append(code).Append(span.Text).Append(code.Length > 0 ? Reset : string.Empty);
        }

        return text.ToString();
    }

    private static string Code(Ink ink) => ink switch
    {
        Ink.Dim => "\u001b[2m",
        Ink.Bold => "\u001b[1m",
        Ink.Good => "\u001b[32m",
        Ink.Warning => "\u001b[33m",
        Ink.Bad => "\u001b[31m",
        _ => string.Empty,
    };
}
