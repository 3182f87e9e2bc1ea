using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Documentation.Tests;

/// <summary>Documentation of the public surface is for users: rule ids are in <c>remarks</c>, which name the page, and nowhere else.</summary>
public sealed partial class PublicSummaryTests
{
    [Theory]
    [InlineData("Configuration", 0)]
    [InlineData("Cli", 0)]
    [InlineData("Grains", 7)]
    [InlineData("Grains.Interfaces", 150)]
    [InlineData("Silo", 0)]
    [InlineData("Tls", 4)]
    public void Public_documentation_has_rule_ids_in_remarks_only(string project, int atLeast)
    {
        var documented = Directory.EnumerateFiles(Repository.Path("src", project), "*.cs", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(Repository.Root, path).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .SelectMany(path => Documented(File.ReadAllText(path)))
            .ToList();

        Assert.True(documented.Count >= atLeast, $"only {documented.Count} documented members");
        Assert.Empty(documented.SelectMany(member => RuleIds(member.Documentation).Select(rule => $"{rule} in {member.Name}")));
    }

    [Theory]
    [InlineData("public class A { /// <summary>Counts (S14).</summary>\npublic int B; }", "S14")]
    [InlineData("public interface IA { /// <summary>Counts (C13).</summary>\nint B { get; } }", "C13")]
    [InlineData("public enum A { /// <summary>Isolated (S25a).</summary>\nB }", "S25a")]
    [InlineData("public class A { /// <param name=\"b\">The number (S2 a).</param>\npublic void B(int b) { } }", "S2")]
    [InlineData("public class A { /// <summary>Counts.</summary>\n/// <remarks>Rule S14.</remarks>\npublic int B; }", null)]
    [InlineData("public class A { /// <summary>Counts (S14).</summary>\ninternal int B; }", null)]
    [InlineData("internal class A { /// <summary>Counts (S14).</summary>\npublic int B; }", null)]
    public void A_rule_id_is_found_in_each_kind_of_public_member(string source, string? found) =>
        Assert.Equal(found is null ? [] : [found], Documented(source).SelectMany(member => RuleIds(member.Documentation)));

    private static IEnumerable<(string Name, DocumentationCommentTriviaSyntax Documentation)> Documented(string source) =>
        CSharpSyntaxTree.ParseText(source).GetRoot().DescendantNodes().OfType<MemberDeclarationSyntax>()
            .Where(IsPublic)
            .SelectMany(member => member.GetLeadingTrivia().Select(trivia => trivia.GetStructure()).OfType<DocumentationCommentTriviaSyntax>()
                .Select(documentation => (Name(member), documentation)));

    /// <summary>Returns the rule ids outside remarks: in the summary, the parameters, the result and the exceptions.</summary>
    private static IEnumerable<string> RuleIds(DocumentationCommentTriviaSyntax documentation) => documentation.Content.OfType<XmlElementSyntax>()
        .Where(element => element.StartTag.Name.LocalName.ValueText != "remarks")
        .SelectMany(element => RuleId().Matches(element.ToString()).Select(id => id.Value));

    private static bool IsPublic(MemberDeclarationSyntax member) =>
        (member.Parent is InterfaceDeclarationSyntax or EnumDeclarationSyntax || member.Modifiers.Any(SyntaxKind.PublicKeyword))
        && (member.Parent is not MemberDeclarationSyntax owner || owner is BaseNamespaceDeclarationSyntax || IsPublic(owner));

    private static string Name(MemberDeclarationSyntax member) => string.Join('.', member.AncestorsAndSelf().Select(node => node switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        EnumMemberDeclarationSyntax value => value.Identifier.ValueText,
        FieldDeclarationSyntax field => field.Declaration.Variables[0].Identifier.ValueText,
        _ => null,
    }).Where(name => name is not null).Reverse());

    [GeneratedRegex(@"\b[SC][1-9]\d?a?\b")]
    private static partial Regex RuleId();
}
