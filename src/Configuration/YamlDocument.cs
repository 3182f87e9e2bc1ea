using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TaskerCore.Orleans.Configuration;

/// <summary>A YAML file's one document.</summary>
/// <param name="Root">What is in it; null: nothing.</param>
/// <param name="HasEndMark">Whether <c>...</c> ends it.</param>
internal sealed record YamlDocument(YamlTree? Root, bool HasEndMark)
{
    private const int MaxDepth = 32;

    /// <summary>Whether it ends in a closed brace: then nothing of it is missing.</summary>
    public bool IsClosed => Root is YamlTree.Map { IsFlow: true } or YamlTree.Map { Entries: [.., (_, YamlTree.Map { IsFlow: true })] };

    /// <summary>Reads it.</summary>
    /// <exception cref="YamlException">The text is not YAML, is nested too deep, or holds several documents; it ends at the place of the fault.</exception>
    public static YamlDocument Parse(string text)
    {
        var scanner = new Scanner(new StringReader(text));
        var open = new Stack<(Mark At, string Sign)>();
        try
        {
            var document = Read(new Parser(scanner), open);
            return YamlFault.StrayDirective(text) is { } stray ? throw stray : document;
        }
        catch (Exception exception) when (exception is YamlException or InvalidOperationException or ArgumentException)
        {
            throw YamlFault.Of(exception, text, scanner.CurrentPosition, open);
        }
    }

    private static YamlDocument Read(Parser parser, Stack<(Mark At, string Sign)> open)
    {
        parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
        {
            return new YamlDocument(null, HasEndMark: false);
        }

        parser.Consume<DocumentStart>();
        var root = Read(parser, 0, open);
        var end = parser.Consume<DocumentEnd>();
        return parser.Current is DocumentStart second
            ? throw new YamlException(second.Start, second.Start, "it contains a second document; only one is allowed")
            : new YamlDocument(root, !end.IsImplicit);
    }

    private static YamlTree Read(IParser parser, int depth, Stack<(Mark At, string Sign)> open)
    {
        if (depth > MaxDepth)
        {
            throw new YamlException(parser.Current!.Start, parser.Current.Start, $"it is nested more than {MaxDepth} levels deep");
        }

        switch (parser.Current)
        {
            case Scalar scalar:
                parser.MoveNext();
                return new YamlTree.Text(scalar.Start, scalar.Value, scalar.Style == ScalarStyle.Plain, scalar.Tag.IsEmpty ? null : Shown(scalar.Tag));
            case AnchorAlias alias:
                parser.MoveNext();
                return new YamlTree.Other(alias.Start, $"the alias *{Shorten(alias.Value.Value)}", IsAlias: true);
            case SequenceStart sequence:
                return ReadList(parser, sequence, depth, open);
            default:
                return ReadMap(parser, depth, open);
        }
    }

    private static YamlTree.Other ReadList(IParser parser, SequenceStart start, int depth, Stack<(Mark At, string Sign)> open)
    {
        var isFlow = start.Style == SequenceStyle.Flow;
        Enter(open, isFlow, start.Start, "[");
        parser.MoveNext();
        while (parser.Current is not SequenceEnd)
        {
            Read(parser, depth + 1, open);
        }

        parser.MoveNext();
        Leave(open, isFlow);
        return new YamlTree.Other(start.Start, "a list");
    }

    private static YamlTree.Map ReadMap(IParser parser, int depth, Stack<(Mark At, string Sign)> open)
    {
        if (parser.Current is MappingStart next)
        {
            Enter(open, next.Style == MappingStyle.Flow, next.Start, "{");
        }

        var start = parser.Consume<MappingStart>();
        var entries = new List<(YamlTree.Text, YamlTree)>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Read(parser, depth + 1, open);
            var value = Read(parser, depth + 1, open);
            entries.Add((key as YamlTree.Text ?? new YamlTree.Text(key.At, key is YamlTree.Other other ? $"({other.What})" : "(a mapping)", IsPlain: false), value));
        }

        Leave(open, start.Style == MappingStyle.Flow);
        return new YamlTree.Map(start.Start, entries, start.Style == MappingStyle.Flow);
    }

    private static void Enter(Stack<(Mark At, string Sign)> open, bool isFlow, Mark at, string sign)
    {
        if (isFlow)
        {
            open.Push((at, sign));
        }
    }

    private static void Leave(Stack<(Mark At, string Sign)> open, bool isFlow)
    {
        if (isFlow)
        {
            open.Pop();
        }
    }

    private static string Shorten(string name) => name.Length <= 60 ? name : name[..57] + "...";

    private static string Shown(TagName tag) => tag.IsNonSpecific ? "!" : tag.Value.Replace("tag:yaml.org,2002:", "!!", StringComparison.Ordinal);
}
