using YamlDotNet.Core;

namespace TaskerCore.Orleans.Configuration;

/// <summary>A part of a YAML document that keeps every key's place, twice-given keys too.</summary>
internal abstract record YamlTree(Mark At)
{
    /// <param name="At">Its place.</param>
    /// <param name="Value">The text without its quotes.</param>
    /// <param name="IsPlain">Whether it has neither quotes nor a block's sign.</param>
    /// <param name="Tag">Its tag, as <c>!!str</c>; null: it has none.</param>
    public sealed record Text(Mark At, string Value, bool IsPlain, string? Tag = null) : YamlTree(At);

    /// <param name="At">Its place.</param>
    /// <param name="Entries">Its keys and values in order.</param>
    /// <param name="IsFlow">Whether it is written with braces, so that it has an end of its own.</param>
    public sealed record Map(Mark At, IReadOnlyList<(Text Key, YamlTree Value)> Entries, bool IsFlow) : YamlTree(At);

    /// <summary>A list, an alias, a key that is no text: nothing that the configuration has a place for.</summary>
    public sealed record Other(Mark At, string What, bool IsAlias = false) : YamlTree(At);

    /// <summary>Whether it is no value at all: <c>key:</c>.</summary>
    public bool IsNothing => this is Text { IsPlain: true, Tag: null, Value: "" or "~" or "null" or "Null" or "NULL" };
}
