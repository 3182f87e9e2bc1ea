using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace TaskerCore.Orleans.Cli.Shell;

/// <summary>A duration as people write it: <c>90s</c>, <c>15m</c>, <c>1h30m</c>, <c>1d</c>, <c>500ms</c>, <c>PT1H30M</c>, or a number of seconds.
/// What this program prints as a duration is one of these.</summary>
internal readonly partial record struct Duration(TimeSpan Value)
{
    /// <summary>What is allowed.</summary>
    public const string Allowed = "allowed are a number of seconds, numbers with d, h, m, s or ms, largest first, or ISO 8601: 90s, 15m, 1h30m, 1d, PT1H30M";

    private const double MostSeconds = 1e9;

    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];

    /// <summary>Reads one; null when it is none, or negative, or longer than any use.</summary>
    public static Duration? Parse(string text)
    {
        var seconds = text.StartsWith('P') ? Iso(text)
            : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number
            : OfParts(text);
        return seconds is >= 0 and <= MostSeconds ? new Duration(TimeSpan.FromSeconds(seconds.Value)) : null;
    }

    /// <summary>For an option: what is not a duration, or is out of bounds, is an error of its.</summary>
    public static Func<ArgumentResult, Duration> Parser(TimeSpan least, TimeSpan most) => argument =>
    {
        var text = argument.Tokens[0].Value;
        var duration = Parse(text);
        if (duration is null)
        {
            argument.AddError($"'{text}' is not a duration; {Allowed}.");
        }
        else if (duration.Value.Value < least)
        {
            argument.AddError($"'{text}' is too short; the shortest is {new Duration(least)}.");
        }
        else if (duration.Value.Value > most)
        {
            argument.AddError($"'{text}' is too long; the longest is {new Duration(most)}.");
        }

        return duration ?? default;
    };

    /// <summary>In the largest unit that it is whole in.</summary>
    public override string ToString()
    {
        var seconds = Value.TotalSeconds;
        var (unit, factor) = Units.LastOrDefault(unit => seconds >= unit.Seconds && Math.Abs(Math.IEEERemainder(seconds, unit.Seconds)) < 1e-9, ("s", 1));
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / factor:0.###}{unit}");
    }

    private static double? OfParts(string text)
    {
        var match = Parts().Match(text);
        if (!match.Success || match.Length == 0)
        {
            return null;
        }

        return Units.Sum(unit => match.Groups[unit.Unit] is { Success: true, Value: var part }
            ? double.Parse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * unit.Seconds
            : 0);
    }

    /// <summary>ISO 8601 in days, hours, minutes and seconds: a month or a year has no one length.</summary>
    private static double? Iso(string text)
    {
        try
        {
            return WithoutMonths().IsMatch(text) ? XmlConvert.ToTimeSpan(text).TotalSeconds : null;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(?=\d)(?:(?<d>\d+(?:\.\d+)?) ?d ?)?(?:(?<h>\d+(?:\.\d+)?) ?h ?)?(?:(?<m>\d+(?:\.\d+)?) ?m ?(?!s))?(?:(?<s>\d+(?:\.\d+)?) ?s ?)?(?:(?<ms>\d+(?:\.\d+)?) ?ms)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Parts();

    [GeneratedRegex(@"^P(?=\d|T\d)(\d+D)?(T.+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex WithoutMonths();
}
