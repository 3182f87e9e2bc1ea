using YamlDotNet.Core;

namespace TaskerCore.Orleans.Configuration;

/// <summary>Where the parser failed, and why, in words that name the repair.</summary>
internal static class YamlFault
{
    private const string Tab = "found a tab as indentation; indent with spaces";

    /// <summary>What the parser refused, with the place.</summary>
    /// <param name="exception">The parser's exception.</param>
    /// <param name="text">The text.</param>
    /// <param name="read">How far the text had been read: some faults of the parser have no place of their own.</param>
    /// <param name="open">The braces and brackets that are open there, the last first.</param>
    public static YamlException Of(Exception exception, string text, Mark read, IReadOnlyCollection<(Mark At, string Sign)> open)
    {
        var lines = Lines(text);
        var at = Within(lines, exception is YamlException fault ? Place(fault, read) : read);
        if (StrayDirective(text) is { } stray && stray.End.Line <= at.Line)
        {
            return stray;
        }

        var message = exception.Message.TrimEnd('.');
        if (TabIn(lines, at) is { } tab && !IsOurs(exception))
        {
            (at, message) = (tab, Tab);
        }
        else if (exception is YamlException known)
        {
            message = IsOpenQuote(known) ? $"the quoted text that begins here is not closed, or its next line is not indented enough ({message})"
                : message.Contains("flow", StringComparison.Ordinal) && Unclosed(open) is { } unclosed ? $"{unclosed} ({message})"
                : message.Contains("did not find expected key", StringComparison.Ordinal)
                    ? $"expected a key, a colon and a space here, indented like the neighbouring keys ({message})"
                : message.Contains("invalid mapping", StringComparison.Ordinal) ? $"a line may contain ': ' only once, and a key must be indented like its neighbours ({message})"
                : message;
        }
        else
        {
            // The parser's own slip on some texts that are no YAML.
            message = exception is InvalidOperationException && Unclosed(open) is { } unclosed ? unclosed : "the rest of the file cannot be parsed";
        }

        return new YamlException(at, at, message, exception);
    }

    /// <summary>A directive behind the first line of the settings: the parser leaves out what follows it. Null: there is none.</summary>
    public static YamlException? StrayDirective(string text)
    {
        var hasContent = false;
        foreach (var (index, line) in Lines(text).Index())
        {
            if (line.StartsWith('%') && hasContent)
            {
                var at = new Mark(0, index + 1, 1);
                return new YamlException(at, at, "a line that begins with '%' is a directive and may only precede the settings");
            }

            hasContent |= !string.IsNullOrWhiteSpace(line) && !line.StartsWith('%') && !line.TrimStart().StartsWith('#');
        }

        return null;
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n');

    private static Mark Place(YamlException exception, Mark read) =>
        exception.End.Index == 0 && exception.Start.Index == 0 ? read
        : IsOpenQuote(exception) || exception.Message.Contains("cannot start any token", StringComparison.Ordinal) ? exception.Start
        : exception.End;

    private static bool IsOurs(Exception exception) => exception.Message.StartsWith("it is nested", StringComparison.Ordinal) || exception.Message.StartsWith("it contains", StringComparison.Ordinal);

    /// <summary>That a list or a mapping is not closed; null: none is open.</summary>
    private static string? Unclosed(IReadOnlyCollection<(Mark At, string Sign)> open) => open.Count == 0 ? null
        : FormattableString.Invariant($"the '{open.First().Sign}' of line {open.First().At.Line}, column {open.First().At.Column} is not closed, or a comma is missing");

    /// <summary>The parser's end of a file may lie behind the file's.</summary>
    private static Mark Within(string[] lines, Mark at) =>
        at.Line <= lines.Length ? at : new Mark(at.Index, lines.Length, lines[^1].Length + 1);

    /// <summary>The first tab in the blanks that the line of a place begins with.</summary>
    private static Mark? TabIn(string[] lines, Mark at)
    {
        var line = lines[(int)at.Line - 1];
        var blanks = line.TakeWhile(sign => sign is ' ' or '\t').Count();
        var tab = line.IndexOf('\t', StringComparison.Ordinal);
        return tab >= 0 && tab < blanks && at.Column <= blanks + 1 ? new Mark(at.Index, at.Line, tab + 1) : null;
    }

    private static bool IsOpenQuote(YamlException exception) =>
        exception.Message.Contains("quoted scalar", StringComparison.Ordinal)
        && (exception.Message.Contains("end of stream", StringComparison.Ordinal) || exception.Message.Contains("wrong indentation", StringComparison.Ordinal)
            || exception.Message.Contains("document indicator", StringComparison.Ordinal));
}
