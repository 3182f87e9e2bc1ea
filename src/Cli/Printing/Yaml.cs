using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TaskerCore.Orleans.Cli.Printing;

/// <summary>JSON as YAML: the same keys, in the same order, with the same types.</summary>
internal static partial class Yaml
{
    /// <summary>Writes one document.</summary>
    /// <param name="value">What is in it.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="isOfMany">Whether other documents may follow.</param>
    public static void Write(JsonElement value, TextWriter output, bool isOfMany = false)
    {
        using var text = new StringWriter();
        var emitter = new Emitter(text);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: !isOfMany));
        Emit(value, emitter);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        output.WriteLine(text.ToString().TrimEnd());
    }

    private static void Emit(JsonElement value, IEmitter emitter)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                emitter.Emit(new MappingStart());
                foreach (var property in value.EnumerateObject())
                {
                    emitter.Emit(Text(property.Name));
                    Emit(property.Value, emitter);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonValueKind.Array:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, value.GetArrayLength() == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in value.EnumerateArray())
                {
                    Emit(item, emitter);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValueKind.String:
                emitter.Emit(Text(value.GetString()!));
                break;
            default:
                emitter.Emit(Scalar(value.GetRawText(), ScalarStyle.Plain));
                break;
        }
    }

    /// <summary>Text is quoted unless no reader of YAML, old or new, could take it for anything else.</summary>
    private static Scalar Text(string text) => Scalar(text, Word().IsMatch(text) && !Taken().IsMatch(text) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted);

    private static Scalar Scalar(string text, ScalarStyle style) => new(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: true, isQuotedImplicit: true);

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_./-]*\z")]
    private static partial Regex Word();

    [GeneratedRegex("^(true|false|yes|no|on|off|y|n|null)$", RegexOptions.IgnoreCase)]
    private static partial Regex Taken();
}
