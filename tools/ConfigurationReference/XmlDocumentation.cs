using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TaskerCore.Orleans.ConfigurationReference;

/// <summary>The summaries that the compiler wrote beside an assembly, as Markdown.</summary>
internal static partial class XmlDocumentation
{
    private static readonly Dictionary<Assembly, IReadOnlyDictionary<string, XElement>> Read = [];

    /// <summary>Returns the summary of a property or a constant for a table cell: without the "Gets or sets" of .NET's form.</summary>
    /// <exception cref="InvalidOperationException">The member has no summary.</exception>
    public static string Of(MemberInfo member)
    {
        var type = member.DeclaringType!;
        type = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        var name = $"{(member is PropertyInfo ? 'P' : 'F')}:{type.FullName}.{member.Name}";
        return Summaries(type.Assembly).TryGetValue(name, out var summary)
            ? Cell(Spaces().Replace(Rules().Replace(string.Concat(summary.Nodes().Select(Markdown)), ""), " ").Trim())
            : throw new InvalidOperationException($"{name} has no summary.");
    }

    private static string Cell(string summary)
    {
        var text = Accessors().Replace(summary, "").Replace("|", "\\|", StringComparison.Ordinal);
        return string.Concat(text[..1].ToUpperInvariant(), text.AsSpan(1));
    }

    private static IReadOnlyDictionary<string, XElement> Summaries(Assembly assembly)
    {
        if (!Read.TryGetValue(assembly, out var summaries))
        {
            summaries = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
                .Where(member => member.Element("summary") is not null)
                .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!, StringComparer.Ordinal);
            Read.Add(assembly, summaries);
        }

        return summaries;
    }

    private static string Markdown(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "em" } stressed => $"*{stressed.Value}*",
        XElement { Name.LocalName: "see" } see when see.Attribute("cref") is { } reference => $"`{Short(reference.Value)}`",
        XElement { Name.LocalName: "see" } see when see.Attribute("langword") is { } word => $"`{word.Value}`",
        XElement other => throw new NotSupportedException($"<{other.Name}> in a summary that is to become a document."),
        _ => "",
    };

    /// <summary><c>P:Namespace.Type.Member</c> as <c>Type.Member</c>, <c>T:Namespace.Type</c> as <c>Type</c>.</summary>
    private static string Short(string reference)
    {
        var parts = reference[2..].Split('(')[0].Split('.');
        return string.Join('.', parts.TakeLast(reference[0] == 'T' ? 1 : 2)).Split('`')[0];
    }

    /// <summary>The rule that something serves: for those who change the code.</summary>
    [GeneratedRegex(@"\s+\([CS][0-9]+(, [CS][0-9]+)*\)")]
    private static partial Regex Rules();

    /// <summary>What .NET's form says of a property's accessors.</summary>
    [GeneratedRegex("^Gets (or sets )?(a value that indicates )?")]
    private static partial Regex Accessors();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
