namespace TaskerCore.Orleans.Architecture.Tests;

/// <summary>What the check of namespaces finds, on small sources.</summary>
public sealed class NamespaceTableTests
{
    private const string Rows = "| `TaskerCore.Orleans` | `src/P/Model`, `src/P/Wire` | the model |\n| `Framework` | `src/P/Rules/Entry.cs` | extensions |\n";

    private static readonly SourceFile[] Files =
    [
        new("P/Model", "Order.cs", "namespace TaskerCore.Orleans; class Order { }"),
        new("P/Wire", "Message.cs", "namespace TaskerCore.Orleans; class Message { }"),
        new("P/Rules", "Entry.cs", "namespace Framework; class Entry { }"),
        new("P/Rules", "Rule.cs", "namespace TaskerCore.Orleans.P.Rules; class Rule { }"),
        new("P", "Program.cs", "System.Console.WriteLine();"),
    ];

    [Fact]
    public void A_namespace_that_is_the_folders_path_or_that_a_row_names_is_right() => Assert.Empty(Faults(Files));

    [Fact]
    public void A_namespace_that_is_neither_is_told() => Assert.Equal(
        "P/Rules/Other.cs is in TaskerCore.Orleans.P, not TaskerCore.Orleans.P.Rules",
        Assert.Single(Faults([.. Files, new("P/Rules", "Other.cs", "namespace TaskerCore.Orleans.P { class Other { } }")])));

    [Fact]
    public void A_row_that_no_file_needs_is_told() => Assert.Equal(
        ["no file needs the row of P/Model", "no file needs the row of P/Wire", "no file needs the row of P/Rules/Entry.cs"],
        Faults([new("P/Rules", "Rule.cs", "namespace TaskerCore.Orleans.P.Rules; class Rule { }")]));

    private static IEnumerable<string> Faults(SourceFile[] files) => NamespaceTable.Parse(Rows).Faults(files);
}
