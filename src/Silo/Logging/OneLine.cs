
namespace TaskerCore.Orleans.Silo.Logging;

/// <summary>What a caller sent, as a log or an answer may show it.</summary>
internal static class OneLine
{
    private const int Most = 600;

    /// <summary>On one line, without control characters, and not longer than the longest reason and a few words.</summary>
    public static string Of(string? text)
    {
        var shown = text is null ? string.Empty : text.Length <= Most ? text : text[..Most] + "...";
        return string.Concat(shown.Select(sign => char.IsControl(sign) || sign is '\u2028' or '\u2029' ? ' ' : sign));
    }
}
