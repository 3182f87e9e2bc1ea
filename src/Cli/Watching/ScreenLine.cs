using System.Text;
using TaskerCore.Orleans.Cli.Printing;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Watching;

/// <summary>How a part of a line looks: the number of the terminal's attribute.</summary>
internal enum Ink
{
    /// <summary>As the terminal has it.</summary>
    Plain = 0,

    /// <summary>Headings, and the row that is selected.</summary>
    Bold = 1,

    /// <summary>What explains something.</summary>
    Dim = 2,

    /// <summary>What rejects calls, and faults.</summary>
    Red = 91,

    /// <summary>What lets calls pass.</summary>
    Green = 92,

    /// <summary>What probes.</summary>
    Yellow = 93,
}

/// <summary>One line of the live screen.</summary>
internal sealed record ScreenLine(params IReadOnlyList<(string Text, Ink Ink)> Parts)
{
    public static ScreenLine Empty { get; } = new();

    public static ScreenLine Of(string text, Ink ink = Ink.Plain) => new((text, ink));

    /// <summary>The text, without how it looks.</summary>
    public string Text => string.Concat(Parts.Select(part => part.Text));

    /// <summary>For a terminal of that width: cut, and nothing in it but text and colours.</summary>
    public string Render(int width, bool hasColor)
    {
        var (line, left) = (new StringBuilder(), width);
        foreach (var (text, ink) in Parts)
        {
            var shown = Columns.Cut(Printable(text), left);
            left -= Columns.Width(shown);
            line.Append(hasColor && ink != Ink.Plain ? $"\e[{(int)ink}m{shown}\e[0m" : shown);
        }

        return line.ToString();
    }

    /// <summary>As <see cref="Shown.Line"/>, with its spaces kept.</summary>
    private static string Printable(string text) => Shown.Line($"|{text}|")[1..^1];
}
