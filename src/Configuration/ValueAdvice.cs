using System.Globalization;
using System.Text.RegularExpressions;

namespace TaskerCore.Orleans.Configuration;

/// <summary>What to write instead of a value that a setting does not take: other programs take it, so it is plain what was meant.</summary>
internal static partial class ValueAdvice
{
    private const string WithoutQuotes = ", without the quotes";
    private const int MaxLength = 40;

    private static readonly string[] True = ["yes", "on", "y", "t", "1", "enabled"];
    private static readonly string[] False = ["no", "off", "n", "f", "0", "disabled"];

    /// <summary>How a value would have to be written; null: it is not known what was meant.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="text">What was written.</param>
    /// <param name="isQuoted">Whether it was written in quotes, so that it is text for YAML.</param>
    public static string? For<T>(Setting<T> setting, string text, bool isQuoted)
    {
        var trimmed = text.Trim();
        if (trimmed.Length is 0 or > MaxLength)
        {
            return null;
        }

        if (isQuoted && setting.Read(trimmed) is not null)
        {
            return $"write {trimmed}{WithoutQuotes}";
        }

        var meant = setting.Kind == SettingKind.Switch ? Switch(trimmed) : Number(setting.Kind, trimmed);
        return meant is not null && setting.Read(meant) is not null ? $"write {meant}{Unit(setting.Kind, trimmed)}{(isQuoted ? WithoutQuotes : string.Empty)}" : null;
    }

    private static string? Switch(string text) =>
        True.Contains(text, StringComparer.OrdinalIgnoreCase) ? "true" : False.Contains(text, StringComparer.OrdinalIgnoreCase) ? "false" : null;

    private static string? Number(SettingKind kind, string text) =>
        Based(text) ?? Share(kind, text) ?? Span(kind, text) ?? Grouped(text) ?? WithPoint(text);

    /// <summary><c>0x10</c>, <c>0o20</c>, <c>0b10000</c>.</summary>
    private static string? Based(string text)
    {
        var digits = text.Replace("_", string.Empty, StringComparison.Ordinal);
        return !OtherBase().IsMatch(digits) ? null
            : Shown(char.ToLowerInvariant(digits[1]) switch
            {
                'x' => Convert.ToUInt32(digits[2..], 16),
                'o' => Convert.ToUInt32(digits[2..], 8),
                _ => Convert.ToUInt32(digits[2..], 2),
            });
    }

    /// <summary><c>50%</c>.</summary>
    private static string? Share(SettingKind kind, string text) =>
        text.EndsWith('%') && Parsed(text[..^1]) is { } percent ? Shown(kind == SettingKind.Rate ? percent / 100 : percent) : null;

    /// <summary><c>30s</c>, <c>500 ms</c>, <c>1h30m</c>, <c>PT30S</c>, <c>00:00:30</c>.</summary>
    private static string? Span(SettingKind kind, string text)
    {
        if (kind is not (SettingKind.Seconds or SettingKind.Milliseconds))
        {
            return null;
        }

        TimeSpan? span = text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var clock) ? clock : Units(text);
        return span is { } meant ? Shown(kind == SettingKind.Seconds ? meant.TotalSeconds : meant.TotalMilliseconds) : null;
    }

    private static TimeSpan? Units(string text)
    {
        var parts = Duration().Match(text.StartsWith("PT", StringComparison.OrdinalIgnoreCase) ? text[2..] : text);
        if (!parts.Success)
        {
            return null;
        }

        var milliseconds = parts.Groups["number"].Captures.Zip(parts.Groups["unit"].Captures, (number, unit) =>
            double.Parse(number.Value, CultureInfo.InvariantCulture) * unit.Value.ToLowerInvariant()[0] switch
            {
                'd' => 86_400_000,
                'h' => 3_600_000,
                'm' when unit.Value.StartsWith("ms", StringComparison.OrdinalIgnoreCase) || unit.Value.StartsWith("mil", StringComparison.OrdinalIgnoreCase) => 1,
                'm' => 60_000,
                _ => 1000,
            }).Sum();
        return milliseconds < TimeSpan.MaxValue.TotalMilliseconds / 2 ? TimeSpan.FromMilliseconds(milliseconds) : null;
    }

    /// <summary><c>1_000</c>, <c>1,000</c>.</summary>
    private static string? Grouped(string text) => Groups().IsMatch(text) && Parsed(Separators().Replace(text, string.Empty)) is { } number ? Shown(number) : null;

    /// <summary><c>0,5</c>.</summary>
    private static string? WithPoint(string text) => DecimalComma().IsMatch(text) && Parsed(text.Replace(',', '.')) is { } number ? Shown(number) : null;

    private static double? Parsed(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static string Shown(double number) => number.ToString("0.###############", CultureInfo.InvariantCulture);

    /// <summary>The unit that the setting has, where one was written.</summary>
    private static string Unit(SettingKind kind, string text) => kind switch
    {
        SettingKind.Seconds when text.Any(char.IsLetter) || text.Contains(':', StringComparison.Ordinal) => ": the value is in seconds",
        SettingKind.Milliseconds when text.Any(char.IsLetter) || text.Contains(':', StringComparison.Ordinal) => ": the value is in milliseconds",
        _ => string.Empty,
    };

    [GeneratedRegex("^0([xX][0-9a-fA-F]{1,8}|[oO][0-7]{1,10}|[bB][01]{1,32})$")]
    private static partial Regex OtherBase();

    [GeneratedRegex(@"^(?:(?<number>[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(?<unit>ms|msec|millis|milliseconds?|s|sec|secs|seconds?|m|min|mins|minutes?|h|hr|hrs|hours?|d|days?)\s*)+$", RegexOptions.IgnoreCase)]
    private static partial Regex Duration();

    [GeneratedRegex(@"^[0-9]{1,3}([ ,_'][0-9]{3})+$|^[0-9]+(_[0-9]+)+$")]
    private static partial Regex Groups();

    [GeneratedRegex("[ ,_']")]
    private static partial Regex Separators();

    [GeneratedRegex(@"^[0-9]+,[0-9]+$")]
    private static partial Regex DecimalComma();
}
