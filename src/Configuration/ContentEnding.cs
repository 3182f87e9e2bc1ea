namespace TaskerCore.Orleans.Configuration;

/// <summary>How a file ends: a file that was cut off usually ends in another way than the one before it.</summary>
/// <param name="Given">How surely the file is whole.</param>
/// <param name="Required">What a later version of the file has to have.</param>
internal readonly record struct ContentEnding(EndingKind Given, EndingKind Required)
{
    /// <summary>The ending of one file.</summary>
    public static ContentEnding Of(string text, YamlDocument document)
    {
        var written = document.HasEndMark ? EndingKind.Marked
            : text.EndsWith('\n') || text.EndsWith('\r') ? EndingKind.Line
            : EndingKind.Open;
        return new(document.IsClosed ? EndingKind.Marked : written, written);
    }

    /// <summary>The least of two files'.</summary>
    public ContentEnding And(ContentEnding other) =>
        new(Given < other.Given ? Given : other.Given, Required < other.Required ? Required : other.Required);
}
