using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Architecture.Tests;

/// <summary>The ids of log events: one file for each project, a range for each project, and no number of an event anywhere else.</summary>
public sealed class EventIdTests
{
    private const string FileName = "EventIds.cs";

    private static readonly IReadOnlyList<(string Path, CompilationUnitSyntax Root)> Files =
    [
        .. Directory.EnumerateFiles(Repository.Path("src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Select(path => (Path.GetRelativePath(Repository.Path("src"), path), CSharpSyntaxTree.ParseText(File.ReadAllText(path)).GetCompilationUnitRoot())),
    ];

    private static readonly IReadOnlyList<(string Project, string Name, int Id)> Ids =
    [
        .. from file in Files
        where Path.GetFileName(file.Path) == FileName
        from field in file.Root.DescendantNodes().OfType<FieldDeclarationSyntax>()
        from variable in field.Declaration.Variables
        select (ProjectOf(file.Path), variable.Identifier.Text, (int)((LiteralExpressionSyntax)variable.Initializer!.Value).Token.Value!),
    ];

    private static readonly IReadOnlyList<(string File, string? Id)> Events =
    [
        .. from file in Files
        from attribute in file.Root.DescendantNodes().OfType<AttributeSyntax>()
        where attribute.Name.ToString() == "LoggerMessage"
        select (file.Path, IdOf(attribute)),
    ];

    [Fact]
    public void No_two_events_have_the_same_id() =>
        Assert.Empty(Ids.GroupBy(id => id.Id).Where(same => same.Count() > 1).Select(same => $"{same.Key}: {string.Join(", ", same.Select(id => id.Name))}"));

    [Fact]
    public void Each_project_has_one_file_and_a_thousand_of_its_own()
    {
        var projects = Events.Select(one => ProjectOf(one.File)).Distinct().Order(StringComparer.Ordinal).ToArray();

        Assert.NotEmpty(projects);
        Assert.Equal(projects, Files.Where(file => Path.GetFileName(file.Path) == FileName).Select(file => ProjectOf(file.Path)).Order(StringComparer.Ordinal));
        var thousands = Ids.GroupBy(id => id.Project).Select(project => Assert.Single(project.Select(id => id.Id / 1000).Distinct())).ToArray();
        Assert.Equal(thousands.Length, thousands.Distinct().Count());
    }

    [Fact]
    public void Each_logger_message_names_its_id_and_each_id_is_used_once()
    {
        Assert.All(Events, one => Assert.True(one.Id is not null, $"{one.File} has a LoggerMessage whose id is not one of EventIds."));
        Assert.Equal(
            Ids.Select(id => $"{id.Project}: {id.Name}").Order(StringComparer.Ordinal),
            Events.Select(one => $"{ProjectOf(one.File)}: {one.Id}").Order(StringComparer.Ordinal));
    }

    private static string ProjectOf(string path) => path.Split(Path.DirectorySeparatorChar)[0];

    /// <summary>The constant that an attribute names; null if it has a number, or nothing.</summary>
    private static string? IdOf(AttributeSyntax attribute)
    {
        var arguments = attribute.ArgumentList?.Arguments ?? default;
        var argument = arguments.FirstOrDefault(one => one.NameEquals?.Name.Identifier.Text == "EventId")
            ?? arguments.FirstOrDefault(one => one.NameEquals is null && one.NameColon is null);
        return argument?.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "EventIds" } } access
            ? access.Name.Identifier.Text
            : null;
    }
}
