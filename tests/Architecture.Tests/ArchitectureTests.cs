using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Architecture.Tests;

/// <summary>The source is what <c>docs/architecture.md</c> says.</summary>
public sealed class ArchitectureTests
{
    private static readonly IReadOnlyList<SourceFile> Files = SourceFile.All(Repository.Path("src"));

    private static readonly Lazy<FolderGraph> Source = new(() => FolderGraph.Of(Files));

    private static readonly string Document = File.ReadAllText(Repository.Path("docs", "architecture.md"));

    private static readonly FolderTable Table = FolderTable.Parse(Document);

    [Fact]
    public void Each_folder_of_the_source_has_a_row_and_each_row_a_folder() => Assert.Equal(Source.Value.Folders.Order(StringComparer.Ordinal), Table.Rows.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void No_folder_uses_one_that_its_row_does_not_name() => None(Table.Forbidden(Source.Value));

    [Fact]
    public void No_row_names_a_folder_that_is_not_used() => None(Table.Unused(Source.Value));

    [Fact]
    public void No_folders_use_each_other() => None(Source.Value.Cycles());

    [Fact]
    public void Each_namespace_is_its_folders_path_or_an_exception_that_is_listed() => None(NamespaceTable.Parse(Document).Faults(Files));

    /// <summary>Fails with all of them, one a line.</summary>
    private static void None(IEnumerable<string> faults)
    {
        var all = string.Join('\n', faults);
        Assert.True(all.Length == 0, all);
    }
}
