using System.Globalization;
using System.Text;

namespace TaskerCore.Orleans.Cli.Printing;

/// <summary>Text of others as a terminal may have it.</summary>
internal static class Shown
{
    private const char Replacement = '\uFFFD';

    /// <summary>On one line, and with nothing in it that moves a cursor, changes a colour or turns the direction of writing.</summary>
    public static string Line(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var sign in text)
        {
            shown.Append(
                char.IsWhiteSpace(sign) ? ' '
                : char.IsControl(sign) || char.GetUnicodeCategory(sign) == UnicodeCategory.Format ? Replacement
                : sign);
        }

        return shown.ToString().Trim();
    }

    /// <summary>An instant, in UTC, to the second.</summary>
    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>How long something has lasted or will, to the second, in its two largest units.</summary>
    public static string Span(TimeSpan span)
    {
        var whole = TimeSpan.FromSeconds(Math.Round(Math.Max(0, span.TotalSeconds)));
        (int Number, string Unit)[] parts = [(whole.Days, "d"), (whole.Hours, "h"), (whole.Minutes, "m"), (whole.Seconds, "s")];
        var shown = string.Concat(parts.SkipWhile(part => part.Number == 0).Take(2).Where(part => part.Number > 0).Select(part => Number(part.Number) + part.Unit));
        return shown.Length > 0 ? shown : "0s";
    }

    /// <summary>A number, as every machine writes it.</summary>
    public static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
