using System.Globalization;
using System.Text;

namespace TaskerCore.Orleans.Cli.Shell;

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

    /// <summary>An instant of today by its time alone, in UTC.</summary>
    public static string Time(DateTimeOffset at, DateTimeOffset now) =>
        at.UtcDateTime.ToString(at.UtcDateTime.Date == now.UtcDateTime.Date ? "HH:mm:ss'Z'" : "yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>How long ago something was, in its largest unit: <c>2 min ago</c>.</summary>
    public static string Ago(TimeSpan age)
    {
        const int daysOfAWeek = 7;
        const int daysOfAYear = 365;
        return age switch
        {
            { TotalSeconds: < 1 } => "now",
            { TotalMinutes: < 1 } => $"{Number((int)age.TotalSeconds)} s ago",
            { TotalHours: < 1 } => $"{Number((int)age.TotalMinutes)} min ago",
            { TotalDays: < 1 } => $"{Number((int)age.TotalHours)} h ago",
            { TotalDays: < daysOfAWeek * 2 } => $"{Number((int)age.TotalDays)} d ago",
            { TotalDays: < daysOfAYear } => $"{Number((int)age.TotalDays / daysOfAWeek)} wk ago",
            _ => $"{Number((int)age.TotalDays / daysOfAYear)} y ago",
        };
    }

    /// <summary>A number and what is counted.</summary>
    public static string Count(long number, string what) => $"{Number(number)} {what}{(number == 1 ? string.Empty : "s")}";

    /// <summary>A share as a percentage.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");

    /// <summary>A large number in few characters: <c>8363</c>, <c>12k</c>, <c>1.5M</c>.</summary>
    public static string Short(double number) => number switch
    {
        < 9.95 => number.ToString("0.#", CultureInfo.InvariantCulture),
        < 10_000 => number.ToString("0", CultureInfo.InvariantCulture),
        < 999_500 => (number / 1e3).ToString("0'k'", CultureInfo.InvariantCulture),
        < 9_950_000 => (number / 1e6).ToString("0.0'M'", CultureInfo.InvariantCulture),
        < 999_500_000 => (number / 1e6).ToString("0'M'", CultureInfo.InvariantCulture),
        _ => (number / 1e9).ToString("0.0'G'", CultureInfo.InvariantCulture),
    };

    /// <summary>A number with at most three digits after the point, and three that count: seven digits say nothing to a person.</summary>
    public static string Rounded(double number) => Math.Abs(number) switch
    {
        >= 100 => number.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => number.ToString("0.#", CultureInfo.InvariantCulture),
        >= 1 => number.ToString("0.##", CultureInfo.InvariantCulture),
        _ => number.ToString("0.###", CultureInfo.InvariantCulture),
    };

    /// <summary>How long something has lasted or will, to the second, rounded to its two largest units.</summary>
    public static string Span(TimeSpan span)
    {
        const double minute = 60;
        const double hour = 60 * minute;
        var seconds = Math.Round(Math.Max(0, span.TotalSeconds));
        var step = seconds >= 24 * hour ? hour : seconds >= hour ? minute : 1;
        var whole = TimeSpan.FromSeconds(Math.Round(seconds / step) * step);
        (int Number, string Unit)[] parts = [(whole.Days, "d"), (whole.Hours, "h"), (whole.Minutes, "m"), (whole.Seconds, "s")];
        var shown = string.Concat(parts.SkipWhile(part => part.Number == 0).Take(2).Where(part => part.Number > 0).Select(part => Number(part.Number) + part.Unit));
        return shown.Length > 0 ? shown : "0s";
    }

    /// <summary>A number, as every machine writes it.</summary>
    public static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
