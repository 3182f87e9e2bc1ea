using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TaskerCore.Orleans.Configuration;

/// <summary>A YAML document as a tree that keeps every key's place, twice-given keys too.</summary>
internal abstract record YamlTree(Mark At)
{
    private const int MaxDepth = 32;

    public sealed record Text(Mark At, string Value, bool IsPlain) : YamlTree(At);

    public sealed record Map(Mark At, IReadOnlyList<(Text Key, YamlTree Value)> Entries) : YamlTree(At);

    /// <summary>A list, an alias, a key that is no text: nothing that the configuration has a place for.</summary>
    public sealed record Other(Mark At, string What) : YamlTree(At);

    /// <summary>Whether it is no value at all: <c>key:</c>.</summary>
    public bool IsNothing => this is Text { IsPlain: true, Value: "" or "~" or "null" };

    /// <summary>Reads the first document; null when there is none.</summary>
    /// <exception cref="YamlException">The text is not YAML, is nested too deep, or holds several documents.</exception>
    public static YamlTree? Parse(TextReader reader)
    {
        var parser = new Parser(reader);
        try
        {
            return ReadDocument(parser);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // The parser's own slip on some texts that are no YAML.
            var at = parser.Current?.Start ?? new Mark(0, 1, 1);
            throw new YamlException(at, at, "it cannot be parsed from here on", exception);
        }
    }

    private static YamlTree? ReadDocument(Parser parser)
    {
        parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
        {
            return null;
        }

        parser.Consume<DocumentStart>();
        var root = Read(parser, 0);
        parser.Consume<DocumentEnd>();
        if (parser.Current is DocumentStart second)
        {
            throw new YamlException(second.Start, second.End, "the file holds a second document; one is allowed");
        }

        return root;
    }

    private static YamlTree Read(IParser parser, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new YamlException(parser.Current!.Start, parser.Current.End, $"it is nested deeper than {MaxDepth} levels");
        }

        switch (parser.Current)
        {
            case Scalar scalar:
                parser.MoveNext();
                return new Text(scalar.Start, scalar.Value, scalar.Style == ScalarStyle.Plain);
            case AnchorAlias alias:
                parser.MoveNext();
                return new Other(alias.Start, "an alias");
            case SequenceStart sequence:
                parser.MoveNext();
                while (parser.Current is not SequenceEnd)
                {
                    Read(parser, depth + 1);
                }

                parser.MoveNext();
                return new Other(sequence.Start, "a list");
            default:
                return ReadMap(parser, depth);
        }
    }

    private static Map ReadMap(IParser parser, int depth)
    {
        var start = parser.Consume<MappingStart>();
        var entries = new List<(Text, YamlTree)>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Read(parser, depth + 1);
            var value = Read(parser, depth + 1);
            entries.Add((key as Text ?? new Text(key.At, key is Other other ? $"({other.What})" : "(a mapping)", IsPlain: false), value));
        }

        return new Map(start.Start, entries);
    }
}
