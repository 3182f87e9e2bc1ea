using System.CommandLine.Parsing;
using System.Globalization;

namespace TaskerCore.Orleans.Cli;

/// <summary>A duration as people write it: <c>90s</c>, <c>15m</c>, <c>2h</c>, <c>1d</c>, <c>500ms</c>, or a number of seconds.</summary>
internal readonly record struct Duration(TimeSpan Value)
{
    /// <summary>What is allowed.</summary>
    public const string Allowed = "a number of seconds, or a number with ms, s, m, h or d is allowed: 90s, 15m, 2h, 1d";

    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];

    /// <summary>Reads one; null when it is none, or negative, or longer than any use.</summary>
    public static Duration? Parse(string text)
    {
        var (unit, factor) = Units.FirstOrDefault(unit => text.EndsWith(unit.Unit, StringComparison.Ordinal), (string.Empty, 1));
        return double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * factor is >= 0 and <= 1e9 and var seconds
            ? new Duration(TimeSpan.FromSeconds(seconds))
            : null;
    }

    /// <summary>For an option: what is not a duration, or is out of bounds, is an error of its.</summary>
    public static Func<ArgumentResult, Duration> Parser(TimeSpan least, TimeSpan most) => argument =>
    {
        var text = argument.Tokens[0].Value;
        var duration = Parse(text);
        if (duration is null)
        {
            argument.AddError($"'{text}' is no duration; {Allowed}.");
        }
        else if (duration.Value.Value < least)
        {
            argument.AddError($"'{text}' is too short; {new Duration(least)} is the least.");
        }
        else if (duration.Value.Value > most)
        {
            argument.AddError($"'{text}' is too long; {new Duration(most)} is the most.");
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
}
