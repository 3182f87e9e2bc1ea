using System.Globalization;
using System.Text;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Fleet.Live;

/// <summary>States, modes, causes and numbers as people read them.</summary>
internal static class Words
{
    /// <summary>A name of the code in small letters: <c>ProbesSucceeded</c> with a space between is <c>probes succeeded</c>.</summary>
    public static string Of(Enum value, char between)
    {
        var words = new StringBuilder();
        foreach (var sign in value.ToString())
        {
            if (char.IsAsciiLetterUpper(sign) && words.Length > 0)
            {
                words.Append(between);
            }

            words.Append(char.ToLowerInvariant(sign));
        }

        return words.ToString();
    }

    /// <summary>A state: <c>half-open</c>.</summary>
    public static string Of(BreakerState state) => Of(state, '-');

    /// <summary>Who decides for a worker.</summary>
    public static string Of(BreakerMode mode) => mode switch
    {
        BreakerMode.Connected => "cluster",
        BreakerMode.Local => "alone",
        _ => Of(mode, '-'),
    };

    /// <summary>A number of things: <c>1 silo runs</c>, <c>2 silos run</c>, <c>no silo runs</c>.</summary>
    public static string Count(int count, string one, string several) => count switch
    {
        0 => $"no {one}",
        1 => $"1 {one}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{count} {several}"),
    };

    /// <summary>Names as a list: <c>a, b and c</c>.</summary>
    public static string List(IReadOnlyList<string> names) =>
        names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";

    /// <summary>Whole seconds, rounded up: <c>12 s</c>.</summary>
    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):0} s");
}
