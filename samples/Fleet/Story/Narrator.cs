namespace TaskerCore.Orleans.Fleet.Story;

/// <summary>Prints the story: acts, steps, and what was seen in them. Lines are wrapped between words, and what follows is indented.</summary>
internal sealed class Narrator(TextWriter output, int width)
{
    private const int UsualWidth = 80;
    private const int Widest = 120;
    private const int Narrowest = 40;

    /// <summary>The narrator on standard output: as wide as the terminal, and 80 columns where there is none.</summary>
    public static Narrator OnConsole() => new(
        Console.Out, !Console.IsOutputRedirected && Console.WindowWidth is >= Narrowest and var width ? Math.Min(width, Widest) : UsualWidth);

    /// <summary>A line of its own.</summary>
    public void Line(string text) => Print(text, string.Empty, "  ");

    /// <summary>A new act.</summary>
    public void Act(string title)
    {
        output.WriteLine();
        Print(title, "=== ", "    ");
    }

    /// <summary>A new step of the act.</summary>
    public void Step(string title)
    {
        output.WriteLine();
        Print(title, "-- ", "   ");
    }

    /// <summary>Something that was seen in the step.</summary>
    public void Say(string text) => Print(text, "   ", "     ");

    private void Print(string text, string first, string next)
    {
        foreach (var line in Wrapping.Of(text, width, first, next))
        {
            output.WriteLine(line);
        }
    }
}
